"""The structure of the package: which way imports run, and who touches whose private names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "overlay" / "mailpartner"
PARTS = ("_core", "_transport", "_bulk", "resources", "sandbox", "cli")
FILES = (
    "client.py",
    "_scripted_answers.py",
    "testing.py",
    "errors.py",
    "results.py",
    "inputs.py",
    "_result.py",
    "_secret.py",
)
MODULES = sorted(
    path
    for part in (*PARTS, *FILES)
    for path in ((PACKAGE / part).rglob("*.py") if part in PARTS else [PACKAGE / part])
)
ALLOWED_PER_1000_LINES = 3
LAYERS = (
    *("_secret", "_result", "errors", "results", "inputs", "_core", "_transport"),
    *("_bulk", "resources", "client", "_scripted_answers", "testing", "sandbox", "cli"),
)
"""What a part may import stands before it; `_transport` and `_core` is the one pair where setup joins them."""


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


NAMES = {name_of(path): path for path in MODULES}
PACKAGES = {name for name, path in NAMES.items() if path.name == "__init__.py"}


def imported(name: str, path: Path) -> Iterator[str]:
    """Every module that is imported anywhere, for types and inside functions, too."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def graph() -> dict[str, set[str]]:
    # The name of a package of ours is what its modules are found under: it is not itself imported from.
    return {name: set(imported(name, path)) & NAMES.keys() - {name, *PACKAGES} for name, path in NAMES.items()}


def test_imports_have_no_cycle() -> None:
    """No module imports itself through others, type-only and local imports included."""
    try:
        TopologicalSorter(graph()).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_imports_run_one_way() -> None:
    """Errors and results import nothing above them, the core no transport, resources and bulk runs no client,
    and nothing the command line."""
    wrong = []
    for name, targets in graph().items():
        layer = LAYERS.index(name.split(".")[1])
        wrong += [(name, target) for target in targets if LAYERS.index(target.split(".")[1]) > layer]
    assert [pair for pair in wrong if pair[1] != "mailpartner.results"] == []


def private_accesses(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Private names that are read or written on something other than `self` or `cls`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            owner = node.value
            own = isinstance(owner, ast.Name) and owner.id in ("self", "cls")
            is_super = isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "super"
            if not own and not is_super:
                yield node.lineno, node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GETTERS:
            given = node.args[1] if len(node.args) > 1 else None
            if isinstance(given, ast.Constant) and isinstance(given.value, str) and is_private(given.value):
                yield node.lineno, given.value
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, alias.name) for alias in node.names if is_private_object(alias.name, node))


GETTERS = ("getattr", "setattr", "hasattr", "delattr")


NAMED_TUPLE = ("_replace", "_make", "_asdict", "_fields")
"""Public by their documentation; the underscore only keeps them apart from a tuple's fields."""

PUBLIC = ("_", "_exit")
"""What gettext is called by, and what the os module documents."""


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in (*NAMED_TUPLE, *PUBLIC)


def is_private_object(name: str, node: ast.ImportFrom) -> bool:
    """Whether an import takes a private object, rather than a private module of this package."""
    return is_private(name) and f"{node.module}.{name}" not in NAMES and node.module != "mailpartner"


def defined(tree: ast.AST) -> Iterator[str]:
    """Private names that this module defines: functions, classes, variables and attributes of `self`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and is_private(node.value):
            yield node.value  # in __slots__


def test_few_names_reach_into_other_objects() -> None:
    """At most 3 names in 1,000 lines are private parts of another object."""
    found = [f"{name}:{line} {attr}" for name, path in NAMES.items() for line, attr in private_accesses(tree_of(path))]
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES)
    assert len(found) * 1000 <= ALLOWED_PER_1000_LINES * lines, found


def test_one_module_knows_private_names_of_other_libraries() -> None:
    """Private names that no module of this project defines are another library's, and at most one module uses such."""
    generated = (ROOT / "generated").rglob("*.py")
    own = {name for path in (*MODULES, *generated) for name in defined(tree_of(path))}
    foreign = {
        name: sorted({attr for _, attr in private_accesses(tree_of(path)) if attr not in own})
        for name, path in NAMES.items()
    }
    assert len({name for name, attrs in foreign.items() if attrs}) <= 1, foreign
