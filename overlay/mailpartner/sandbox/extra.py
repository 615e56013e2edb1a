"""Whether what the sandbox needs is installed; said in one line where it is not."""

from importlib.util import find_spec

NEEDED = ("starlette", "uvicorn", "yaml")


def missing_extra() -> str | None:
    """What to say where a package is missing; None where all are there."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if not missing:
        return None
    return f"the sandbox needs {', '.join(missing)}: pip install 'mailpartner[sandbox]'"
