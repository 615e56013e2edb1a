"""Tell PyInstaller, which finds this by an entry point, where the hook for this package is."""

from pathlib import Path


def get_hook_dirs() -> list[str]:
    """Return the folder of this package's hook."""
    return [str(Path(__file__).parent)]
