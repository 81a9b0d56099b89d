"""The examples as templates; they are installed with the package."""
from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

DEFAULT = "starter"


def template_names() -> tuple[str, ...]:
    """Names of the templates, the default first."""
    names = (entry.name for entry in _home().iterdir() if entry.is_dir() and (entry / "plan.yaml").is_file())
    return tuple(sorted(names, key=lambda name: (name != DEFAULT, name)))


def template_files(name: str) -> dict[str, str]:
    """File name to text of a template's files."""
    found = (entry for entry in (_home() / name).iterdir() if entry.name.endswith(".yaml"))
    return {entry.name: entry.read_text(encoding="utf-8") for entry in sorted(found, key=lambda entry: entry.name)}


def _home() -> Traversable:
    return files("simcore") / "examples"
