"""Say whether a folder may be released, or build it twice and compare: `make release` does both, and uploads nothing.

Usage:
    tools/release.py                    exits 1 if something keeps this commit from being released
    tools/release.py --build FOLDER     builds what is here into FOLDER, twice: `make check-build`
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run from the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--build", type=Path, metavar="FOLDER", help="build into FOLDER, twice, and compare")
    folder = parser.parse_args().build
    found = build_twice(ROOT, folder) if folder else faults(ROOT)
    if found:
        print(*found, "Nothing was uploaded.", sep="\n", file=sys.stderr)
        return 1
    for path in sorted(folder.iterdir()) if folder else ():
        print(f"{sha256(path)}  {path}")
    return 0


def faults(root: Path) -> list[str]:
    """Return one line for each thing that keeps a folder from being released."""
    version = version_of(root)
    found = []
    if git(root, "status", "--porcelain"):
        found.append("There are changes that are not committed: commit or remove them.")
    if not re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", text(root / "CHANGELOG.md"), re.MULTILINE):
        found.append(f"CHANGELOG.md has no line '## [{version}] - YYYY-MM-DD': give this version its date.")
    tag = f"v{version}"
    if tag not in git(root, "tag", "--points-at", "HEAD").split():
        found.append(f"The tag {tag} does not point at this commit: git tag --sign {tag}, once the rest is right.")
    urls = tomllib.loads(text(root / "pyproject.toml"))["project"]["urls"]
    found += [f"pyproject.toml: the URL {url} of {name} is a placeholder: name the real one."
              for name, url in urls.items() if ".invalid" in url]  # fmt: skip
    return found


def build_twice(root: Path, out: Path) -> list[str]:
    """Build sdist and wheel in two folders, as two people would, into `out`; return what differs."""
    made: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, umask, zone in (("first", 0o022, "UTC"), ("a second folder", 0o077, "Asia/Tokyo")):
            source, built = Path(scratch, name), Path(scratch, f"{name}, built")
            copy_files(root, source)
            subprocess.run(
                [sys.executable, "-m", "build", "--no-isolation", "--outdir", built, source],
                check=True, umask=umask, env={**os.environ, "TZ": zone}, stdout=subprocess.DEVNULL,
            )  # fmt: skip
            made.append({path.name: sha256(path) for path in built.iterdir()})
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(built, out)
    first, second = made
    differing = sorted(name for name in first.keys() | second if first.get(name) != second.get(name))
    return [f"{name} is not the same in two builds." for name in differing]


def copy_files(root: Path, target: Path) -> None:
    """Copy the files that git tracks, or would if they were added, as they are in the folder."""
    for name in git(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0"):
        if name and (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, target / name)


def version_of(root: Path) -> str:
    """Return the version of the package."""
    (version,) = re.findall(r'__version__ = "(.+)"', text(root / "overlay/mailpartner/_version.py"))
    return str(version)


def sha256(path: Path) -> str:
    """Return the digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def text(path: Path) -> str:
    """Return the text of a file."""
    return path.read_text(encoding="utf-8")


def git(root: Path, *arguments: str) -> str:
    """Return what git prints."""
    return subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
