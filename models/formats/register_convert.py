"""Risk models from file to file: the register of a plan as a workbook or as a risks file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from simcore.models.formats import read, read_bytes
from simcore.models.formats.native import decode_text
from simcore.models.formats.native_tree import parse_tree
from simcore.models.formats.register import is_register, register_tree
from simcore.models.formats.register_document import Document, as_texts, joined, plan_document, risks_json, risks_yaml

if TYPE_CHECKING:
    from simcore.models.plan import Plan

__all__ = ["register_bytes", "risk_model", "risks_text"]

FilePath = str | os.PathLike[str]


def risk_model(plan: FilePath, risks: FilePath | None = None, ranges_from_fields: str | None = None) -> tuple[Plan, Document]:
    """A plan with the risks laid over it, and its whole risk model as a document.

    What the risks file says stays as it is written there: words of scales, filters, templates. Ranges that the
    activities of the plan have become rules, one each.

    Parameters
    ----------
    plan : str or path-like
        Any readable plan.
    risks : str or path-like, optional
        A risks file or a register.
    ranges_from_fields : str, optional
        As :func:`simcore.models.formats.read` takes it.

    Raises
    ------
    PlanError
        Either has problems, or they do not fit together.
    """
    bare = read(plan, ranges_from_fields=ranges_from_fields)
    own = plan_document(bare)
    if risks is None:
        return bare, own
    checked = read(plan, risks, ranges_from_fields)
    file = Path(risks)
    data = read_bytes(file)
    workbook = is_register(data, file.name)
    given = as_texts(
        register_tree(bare, data, file.name) if workbook else parse_tree(decode_text(data, file.name), file.name)
    )
    return checked, joined(own, given if isinstance(given, dict) else {})


def register_bytes(plan: FilePath, risks: FilePath | None = None, ranges_from_fields: str | None = None) -> tuple[Plan, bytes]:
    """The risk model as a workbook, with the activities of the plan; and the plan it was checked against."""
    from simcore.models.formats.register_write import register_workbook

    found, sections = risk_model(plan, risks, ranges_from_fields)
    return found, register_workbook(sections, found)


def risks_text(
    plan: FilePath, risks: FilePath | None = None, ranges_from_fields: str | None = None, json: bool = False
) -> tuple[Plan, str]:
    """The risk model as a risks file in YAML or JSON; and the plan it was checked against."""
    found, sections = risk_model(plan, risks, ranges_from_fields)
    return found, risks_json(sections) if json else risks_yaml(sections)
