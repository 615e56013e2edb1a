"""Make generated/ and conformance/cases.json, the same to the byte on every run and machine; or check that it is so.

Usage:
    python tools/generate.py            writes them
    python tools/generate.py --check    exits 1 where they are not what openapi.yaml and the written cases make
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from contract import ContractError, contract_sources
from documents import DocumentError, document_texts

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # conformance/ is no package of this project's own, and is installed nowhere

from conformance.harness.cases import CaseError, as_json, document  # noqa: E402

CLIENT = "mailpartner_client"
CASES = ROOT / "conformance" / "cases.json"


def generate(spec: Path, target: Path) -> None:
    """Replace all of `target` by what `spec` makes."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    _run(
        "openapi_python_client",
        *("generate", "--path", spec, "--config", ROOT / "generator-config.yml", "--meta", "none"),
        *("--output-path", target / CLIENT, "--fail-on-warning"),
    )
    (target / CLIENT / "py.typed").touch()
    parsed = yaml.safe_load(spec.read_text(encoding="utf-8"))
    for folder, texts in (("mailpartner_contract", contract_sources(parsed)), ("openapi", document_texts(parsed))):
        for name, text in texts.items():
            path = target / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    settings = ("--config", ROOT / "tools" / "generated-ruff.toml", "--no-cache", "--quiet")
    _run("ruff", "check", "--fix", *settings, target)
    _run("ruff", "format", *settings, target)


def cases_text(generated: Path) -> str:
    """Return the text of cases.json, with the answers of a generated folder. Raises CaseError."""
    return as_json(document(CASES.parent, generated / "openapi" / "full.yaml"))


def differences(expected: Path, actual: Path) -> list[str]:
    """Return one line for each file that differs, is missing or is extra in `actual`."""
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


def _full_path(text: str) -> Path:
    """Return a path as the caller means it: the tools below run in another folder."""
    return Path(text).resolve()


def _run(module: str, *arguments: object) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{module} failed:\n{done.stdout}{done.stderr}")


def main() -> int:
    """Run from the command line; return the exit code. Another target is made without the cases."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only; write nothing")
    parser.add_argument("--spec", type=_full_path, default=ROOT / "openapi.yaml", help="the document to read")
    parser.add_argument("--target", type=_full_path, default=ROOT / "generated", help="the folder to write or compare")
    options = parser.parse_args()
    with_cases = options.target == ROOT / "generated"
    if not options.check:
        generate(options.spec, options.target)
        if with_cases:
            CASES.write_text(cases_text(options.target), encoding="utf-8")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "generated"
        generate(options.spec, fresh)
        lines = [
            f"{options.target.name}/ is not what {options.spec.name} makes: {line}"
            for line in differences(fresh, options.target)
        ]
        if with_cases and CASES.read_text(encoding="utf-8") != cases_text(fresh):
            lines.append("conformance/cases.json is not what openapi.yaml and the cases make")
    if lines:
        print(*lines, "Run `make generate`, and never edit generated/ by hand.", sep="\n", file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (CaseError, ContractError, DocumentError) as error:
        sys.exit(f"cannot generate: {error}")
