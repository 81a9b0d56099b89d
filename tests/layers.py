"""The import contract of the folders: cli -> reports -> simcore -> models, one way only."""
from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

RANKS = {"models": 0, "simcore": 1, "reports": 2, "cli": 3}
FOREIGN = {
    "models": {"numba", "plotly", "rich", "click", "jinja2"},
    "simcore": {"plotly", "rich", "click", "jinja2"},
    "reports": {"click"},
    "cli": {"plotly", "numba", "scipy"},
}
"""What a folder must not import, not even inside a function."""
KERNELS = "kernel_"
KERNEL_FRIENDS = ("simcore.kernel_", "simcore.jit")
ALLOWED = {
    ("simcore/results.py", "simcore.reports.html"),
    ("simcore/comparison.py", "simcore.reports.comparison_html"),
}
"""Their ``report`` is a short call to the layer above, imported by name when it is used."""


def violations(root: Path) -> list[str]:
    """Every import below ``root`` that breaks the contract, as ``file:line imports module, which ...``."""
    found = []
    for folder in RANKS:
        for path in sorted((root / folder).rglob("*.py")):
            relative = path.relative_to(root).as_posix()
            if folder == "simcore" and relative.split("/")[1] in RANKS:
                continue  # the symbolic links to the other folders
            for line, module in _imports(ast.parse(path.read_text(encoding="utf-8"))):
                reason = _reason(folder, path.name, module)
                if reason and (relative, module) not in ALLOWED:
                    found.append(f"{relative}:{line} imports {module}, {reason}")
    return found


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and dotted name of all imports, those for type checkers and ``import_module("...")`` included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield node.lineno, "." * node.level + (node.module or "")
            elif node.module == "simcore":  # names of the public API, or subpackages
                yield from ((node.lineno, f"simcore.{alias.name}") for alias in node.names)
            elif node.module:
                yield node.lineno, node.module
        elif isinstance(node, ast.Call) and _called(node.func) == "import_module" and node.args:
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield node.lineno, name.value


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _reason(folder: str, name: str, module: str) -> str:
    """What is wrong with an import; empty when nothing is."""
    if module.startswith("."):
        return "imports are written from simcore on, not relative"
    top, *rest = module.split(".")
    if top in RANKS and top != "simcore":
        return f"write simcore.{module}"
    if top != "simcore":
        return f"which {folder} must not need" if top in FOREIGN[folder] else ""
    target = rest[0] if rest and rest[0] in RANKS else "simcore"
    if RANKS[target] > RANKS[folder]:
        return f"{target} lies above {folder}"
    if folder == "simcore" and name.startswith(KERNELS) and not module.startswith(KERNEL_FRIENDS):
        return "a kernel imports nothing but kernels"
    return ""
