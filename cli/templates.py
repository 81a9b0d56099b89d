"""The examples as templates; they are installed with the package."""
from __future__ import annotations

from importlib.resources import as_file, files
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


def template_register(name: str) -> bytes:
    """The risks of a template as a workbook, with the words of a qualitative scale to choose from."""
    from simcore.models.formats.register_convert import risk_model
    from simcore.models.formats.register_write import SCALES, register_workbook

    with as_file(_home() / name / "plan.yaml") as plan, as_file(_home() / name / "risks.yaml") as risks:
        found, sections = risk_model(plan, risks)
    return register_workbook({"scales": {key: dict(words) for key, words in SCALES.items()}, **sections}, found)


def _home() -> Traversable:
    return files("simcore") / "examples"
