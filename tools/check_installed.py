"""Show that the installed wheel is whole: its packages import, and the files that users rely on came along.

Usage:
    ENVIRONMENT/bin/python -I tools/check_installed.py generated
"""

import importlib
import sys
from importlib.metadata import files, version
from importlib.resources import files as package_files
from pathlib import Path

PACKAGES = ("mailpartner", "mailpartner.generated", "mailpartner.contract")
FILES = (
    "mailpartner/py.typed",
    "mailpartner/generated/py.typed",
    "mailpartner/contract/py.typed",
    *(f"mailpartner/cli/locale/{name}/LC_MESSAGES/mailpartner.mo" for name in ("fr", "fr@ascii")),
)
DOCUMENT = Path("openapi", "full.yaml")


def faults(generated: Path) -> list[str]:
    """One line for each thing that is missing or other than expected."""
    for package in PACKAGES:
        importlib.import_module(package)
    installed = [str(file) for file in files("mailpartner") or []]
    found = [f"not in the wheel: {name}" for name in FILES if name not in installed]
    if not any(name.endswith(".dist-info/licenses/LICENSE") for name in installed):
        found.append("not in the wheel: LICENSE")
    packaged = Path(str(package_files("mailpartner"))) / DOCUMENT
    if not packaged.is_file() or packaged.read_bytes() != (generated / DOCUMENT).read_bytes():
        found.append(f"the wheel's {DOCUMENT} is not the one of this folder")
    found += [f"top-level name of another package: {name}" for name in other_top_levels(installed)]
    wanted = version("mailpartner")
    stated = getattr(importlib.import_module("mailpartner"), "__version__", wanted)
    if stated != wanted:
        found.append(f"mailpartner.__version__ is {stated}, the wheel's version {wanted}")
    return found


def other_top_levels(installed: list[str]) -> list[str]:
    """Return the importable top-level names that a distribution installs other than mailpartner."""
    names = {Path(name).parts[0] for name in installed} - {"mailpartner"}
    return sorted(name for name in names if not name.endswith((".dist-info", "..")))


if __name__ == "__main__":
    lines = faults(Path(sys.argv[1]))
    print("\n".join(lines))
    sys.exit(1 if lines else 0)
