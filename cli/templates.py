"""The examples as templates; they are installed with the package."""
from __future__ import annotations

from importlib.resources import as_file, files
from importlib.resources.abc import Traversable

DEFAULT = "starter"
RISKS = "risks.yaml"
_PLANS = ("plan.yaml", ".xer")
"""How the names of plans end; a template holds one."""


def template_names() -> tuple[str, ...]:
    """Names of the templates, the default first."""
    names = (entry.name for entry in _home().iterdir() if entry.is_dir() and any(map(_is_plan, entry.iterdir())))
    return tuple(sorted(names, key=lambda name: (name != DEFAULT, name)))


def template_files(name: str) -> dict[str, bytes]:
    """File name to content of a template's files, the plan first."""
    found = [entry for entry in (_home() / name).iterdir() if _is_plan(entry) or entry.name == RISKS]
    return {entry.name: entry.read_bytes() for entry in sorted(found, key=lambda entry: (not _is_plan(entry), entry.name))}


def template_register(name: str) -> bytes:
    """The risks of a template as a workbook, with the words of a qualitative scale to choose from."""
    from simcore.models.formats import read
    from simcore.models.formats.register_convert import risk_model
    from simcore.models.formats.register_write import SCALES, empty_register, register_workbook

    plan_name, *others = template_files(name)
    with as_file(_home() / name / plan_name) as plan:
        if not others:
            return empty_register(read(plan))
        with as_file(_home() / name / RISKS) as risks:
            found, sections = risk_model(plan, risks)
    return register_workbook({"scales": {key: dict(words) for key, words in SCALES.items()}, **sections}, found)


def _is_plan(entry: Traversable) -> bool:
    return entry.name.endswith(_PLANS)


def _home() -> Traversable:
    return files("simcore") / "examples"
