"""Build the site: gather its pages, and let Sphinx make HTML of them; any warning is an error.

Usage:
    PYTHONPATH=tools python -m docs.build SITE
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jinja2
import yaml

from . import cases, pages, reference
from .pages import FILES, README, Links, Page, PageError

ROOT = Path(__file__).resolve().parent.parent.parent
CASES = "conformance/cases.json"
FULL = "generated/openapi/full.yaml"
Values = dict[str, object]
# Pages that are files of the repository; those that do not exist are left out.
READ_AS_THEY_STAND = {
    "sandbox": "docs/sandbox.md",
    "other-languages": "docs/other-languages.md",
    "conformance": "conformance/README.md",
    "results": "conformance/RESULTS.md",
    "contract": "spec/README.md",
    "changelog": "CHANGELOG.md",
}
PROFILES = ("generated/openapi/json-only.json", "generated/openapi/key-as-parameter.json")
DOWNLOADS = ("openapi.yaml", FULL, *PROFILES, CASES)


def gather(root: Path, source: Path) -> None:
    """Write all that Sphinx reads into `source`, made anew. Raises PageError."""
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(root / "docs", source, ignore=shutil.ignore_patterns("checks", "*.jinja", "*.png", "__pycache__"))
    head, guide = pages.guide((root / README).read_text(encoding="utf-8"))
    written = [
        Page(name, path, (root / path).read_text(encoding="utf-8"))
        for name, path in READ_AS_THEY_STAND.items()
        if (root / path).is_file()
    ]
    links = Links(root, [*guide, *written], "index")
    for page in (*guide, *written):
        _write(source, page.name, links.rewritten(page))
    known = {page.name for page in written}
    front: Values = {"head": links.rewritten(Page("index", README, head)), "guide": guide, "pages": known}
    made: dict[str, Values] = {"index": front, "reference": _contract(root), "cases": _cases(root)}
    for name, values in made.items():
        _write(source, name, _rendered(root / "docs" / f"{name}.md.jinja", values))
    for path in {*DOWNLOADS, *links.files}:
        target = source / "extra" / FILES / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, target)


def _write(source: Path, name: str, text: str) -> None:
    path = source / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _contract(root: Path) -> Values:
    return reference.Contract(yaml.safe_load((root / FULL).read_text(encoding="utf-8"))).shown()


def _cases(root: Path) -> Values:
    document = json.loads((root / CASES).read_text(encoding="utf-8"))
    abouts = {
        path.stem: cases.about(path.read_text(encoding="utf-8")) for path in (root / "conformance").glob("*.yaml")
    }
    return {"groups": cases.groups(document, abouts), "count": len(document["cases"])}


def _rendered(template: Path, values: Values) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template.parent),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  (Markdown; the templates escape what goes into HTML)
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(template.name).render(values)


def sphinx(source: Path, site: Path) -> int:
    """Make `site` of `source`, made anew; the same bytes each time."""
    shutil.rmtree(site, ignore_errors=True)
    options = ("--quiet", "--fail-on-warning", "--fresh-env", "--builder", "html")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "sphinx",
        *options,
        "--doctree-dir",
        source.parent / "doctrees",
        source,
        site,
    ]
    done = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "0"}, check=False).returncode
    (site / ".buildinfo").unlink(missing_ok=True)
    shutil.rmtree(site / "_sources", ignore_errors=True)
    return done


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("site", type=Path, help="the folder to write, made anew")
    options = parser.parse_args(arguments)
    source = options.site.with_name(options.site.name + "-source") / "pages"
    try:
        gather(ROOT, source)
    except (PageError, jinja2.TemplateError) as error:
        print(f"the site cannot be built: {error}", file=sys.stderr)
        return 1
    return sphinx(source, options.site)


if __name__ == "__main__":
    sys.exit(main())
