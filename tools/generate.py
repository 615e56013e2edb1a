"""Make generated/ from openapi.yaml, the same to the byte on every run and machine; or check that it is so.

Usage:
    python tools/generate.py            writes generated/
    python tools/generate.py --check    exits 1 where generated/ is not what openapi.yaml makes
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from contract import contract_sources
from full_document import full_text
from json_only import profile_text
from key_as_parameter import key_as_parameter_text

ROOT = Path(__file__).resolve().parent.parent
CLIENT = "mailpartner_client"
CONTRACT = "mailpartner_contract"
DOCUMENTS = "openapi"


def generate(spec: Path, config: Path, target: Path) -> None:
    """Replace all of `target` by what `spec` makes."""
    _delete(target)
    target.mkdir(parents=True)
    _run(
        "openapi_python_client",
        "generate",
        *("--path", spec, "--config", config, "--meta", "none"),
        *("--output-path", target / CLIENT, "--fail-on-warning"),
    )
    (target / CLIENT / "py.typed").touch()
    document = yaml.safe_load(spec.read_text(encoding="utf-8"))
    _write(target / CONTRACT, contract_sources(document))
    documents = {
        "full.yaml": full_text(document),
        "json-only.json": profile_text(document),
        "key-as-parameter.json": key_as_parameter_text(document),
    }
    _write(target / DOCUMENTS, documents)
    settings = ("--config", ROOT / "tools" / "generated-ruff.toml", "--no-cache", "--quiet")
    _run("ruff", "check", "--fix", *settings, target)
    _run("ruff", "format", *settings, target)


def _write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def differences(expected: Path, actual: Path) -> list[str]:
    """One line for each file that differs, is missing or is extra in `actual`."""
    wanted, found = _files(expected), _files(actual)
    lines = [f"missing: {name}" for name in sorted(wanted.keys() - found.keys())]
    lines += [f"extra: {name}" for name in sorted(found.keys() - wanted.keys())]
    lines += [f"differs: {name}" for name in sorted(wanted.keys() & found.keys()) if wanted[name] != found[name]]
    return lines


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _delete(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    if folder.exists():
        folder.rmdir()


def _full_path(text: str) -> Path:
    """A path as the caller means it: the tools below run in another folder."""
    return Path(text).resolve()


def _run(module: str, *arguments: object) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{module} failed:\n{done.stdout}{done.stderr}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only; write nothing")
    parser.add_argument("--spec", type=_full_path, default=ROOT / "openapi.yaml", help="the document to read")
    parser.add_argument("--target", type=_full_path, default=ROOT / "generated", help="the folder to write or compare")
    options = parser.parse_args()
    config = ROOT / "generator-config.yml"
    if not options.check:
        generate(options.spec, config, options.target)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "generated"
        generate(options.spec, config, fresh)
        lines = differences(fresh, options.target)
    for line in lines:
        print(f"{options.target.name}/ is not what {options.spec.name} makes: {line}", file=sys.stderr)
    if lines:
        print("Run `make generate`, and never edit generated/ by hand.", file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
