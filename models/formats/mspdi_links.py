"""MSPDI predecessor links."""
from __future__ import annotations

from collections.abc import Collection

from simcore.models.formats.mspdi_values import ELAPSED_FORMATS, PERCENT_FORMATS, Node, Reading
from simcore.models.plan import LinkType, Ref, Relationship

_TYPES = {0: LinkType.FF, 1: LinkType.FS, 2: LinkType.SF, 3: LinkType.SS}


def read_links(project: Node, project_id: str, ids: Collection[str], reading: Reading) -> list[Relationship]:
    """Relationships between the activities with these ids; others are counted and left out."""
    links = []
    for task in project.children("Tasks/Task", "task"):
        successor = task.text("UID")
        if successor not in ids:
            continue
        task.where = f"task {successor} {task.text('Name') or ''!r}"
        for node in task.children("PredecessorLink", "predecessor"):
            predecessor = str(node.integer("PredecessorUID"))
            if predecessor not in ids:
                _note_missing(node, reading)
                continue
            links.append(_link(node, Ref(project_id, predecessor), Ref(project_id, str(successor))))
    return links


def _note_missing(node: Node, reading: Reading) -> None:
    if node.flag("CrossProject"):
        reading.note("relationships with tasks of other projects ignored; their effect on dates is lost", "warning")
    else:
        reading.note("relationships with tasks that are not in the file ignored", "warning")


def _link(node: Node, predecessor: Ref, successor: Ref) -> Relationship:
    code = node.integer("Type")
    if code is not None and code not in _TYPES:
        node.reading.error(node.where, f"Type is {code}, not 0 (FF), 1 (FS), 2 (SF) or 3 (SS).")
    unit = node.integer("LagFormat") or 7
    lag = node.number("LinkLag") or 0.0
    percent = lag / 100 if unit in PERCENT_FORMATS else None
    return Relationship(
        predecessor=predecessor,
        successor=successor,
        type=_TYPES.get(1 if code is None else code, LinkType.FS),
        lag=0 if percent is not None else round(lag / 10),
        elapsed=unit in ELAPSED_FORMATS,
        percent=percent or None,
    )
