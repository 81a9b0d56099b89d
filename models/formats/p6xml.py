"""Reader of Primavera P6's XML (PMXML, ``APIBusinessObjects``): turned into the rows of the XER, then read as those."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from xml.etree.ElementTree import Element

from simcore.models.calendars import DAY, Shifts
from simcore.models.errors import PlanError
from simcore.models.formats.p6 import build
from simcore.models.formats.p6_calendars import WorkTimes, merge
from simcore.models.formats.p6_tables import Row, Tables
from simcore.models.formats.p6xml_names import (
    COLUMNS,
    CURVE_VALUES,
    FLAGS,
    LOGIC,
    SKIPPED,
    TABLES,
    UDF_VALUES,
    WEEKDAYS,
    WORDS,
)
from simcore.models.formats.safe_xml import parse_xml
from simcore.models.plan import Plan

ROOT = "APIBusinessObjects"


def read_p6xml(data: bytes, name: str) -> Plan:
    """The plan in a P6 XML file.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name without folders, for messages.

    Raises
    ------
    PlanError
        When the file is not P6 XML or is damaged, with the element and object id of every problem.
    """
    root = parse_xml(data, name)
    if root.tag != ROOT:
        raise PlanError(f"{name}: this is not a P6 XML file: it begins with <{root.tag}>, not with <{ROOT}>.")
    tables = Tables(name, place=lambda row: f"{name} {row.table} {row.mark}")
    reader = _Reader(tables)
    reader.read(root)
    reader.complete()
    return build(tables, reader.times, f"{name}, Primavera P6 XML", _currency(root))


class _Reader:
    """Walks the elements and files each as a row of the table that XER would have it in."""

    def __init__(self, tables: Tables):
        self.tables = tables
        self.times: dict[str, WorkTimes] = {}
        self.special: dict[str, Callable[[Element, Row], None]] = {
            "Project": self._project,
            "BaselineProject": self._project,
            "Calendar": self._calendar,
            "Activity": self._activity,
            "ResourceAssignment": self._assignment,
            "ResourceCurve": self._curve,
            "UDFType": self._udf_type,
        }

    def read(self, parent: Element, root_node: str = "") -> None:
        """File every object below ``parent``; nodes and activities outside any WBS node hang on ``root_node``."""
        for element in parent:
            if element.get("external") == "true":
                continue  # only named as the far end of relationships
            if element.tag in TABLES:
                row = self._row(element)
                if element.tag == "WBS" and row.get("wbs_id") != root_node:
                    row.setdefault("parent_wbs_id", root_node)
                elif element.tag == "Activity":
                    row.setdefault("wbs_id", root_node)
                self.tables.rows.setdefault(TABLES[element.tag], []).append(row)
                if element.tag in self.special:
                    self.special[element.tag](element, row)
            elif element.tag not in SKIPPED and len(element):
                self.tables.rows.setdefault(element.tag, []).append(Row(element.tag, ""))

    def complete(self) -> None:
        """Where the longest path is marked, activities without the mark are not on it."""
        activities = self.tables.rows.get("TASK", [])
        if any("driving_path_flag" in row for row in activities):
            for row in activities:
                row.setdefault("driving_path_flag", "N")

    def _row(self, element: Element) -> Row:
        columns = COLUMNS[element.tag]
        row = Row(element.tag, next(filter(None, map(element.findtext, ("Id", "ObjectId", "Name"))), "?"))
        for child in element:
            column = columns.get(child.tag)
            text = (child.text or "").strip()
            if column and text:
                row[column] = _value(column, text)
        return row

    def _project(self, element: Element, row: Row) -> None:
        """The project's options and root node, which XER keeps as rows of their own, and all that lies inside it."""
        key = row.setdefault("proj_id", row.get("proj_short_name", ""))
        named = row.get("proj_short_name", key)
        tops = [node for node in element.iterfind("WBS") if not (node.findtext("ParentObjectId") or "").strip()]
        root_node = row.get("root_wbs_id") or f"project {key}"
        if len(tops) == 1 and tops[0].findtext("Code") == named:  # P6 leaves the project's own node out
            root_node = tops[0].findtext("ObjectId") or root_node
        else:
            node = Row("WBS", row.mark, {"wbs_id": root_node, "proj_id": key, "proj_node_flag": "Y"})
            node |= {"wbs_short_name": named, "wbs_name": row.get("wbs_name", "")}
            self.tables.rows.setdefault("PROJWBS", []).append(node)
        options = self._options(element, row)
        if options:
            options["proj_id"] = key
            self.tables.rows.setdefault("SCHEDOPTIONS", []).append(options)
        self.read(element, root_node)

    def _options(self, element: Element, project: Row) -> Row:
        """Scheduling options: a child of their own in newer files, fields of the project in others."""
        options = Row("ScheduleOptions", project.mark)
        for holder in (element, *element.findall("ScheduleOptions")):
            for child in holder:
                text = (child.text or "").strip()
                if not text:
                    continue
                if child.tag == "OutOfSequenceScheduleType":
                    options.update(LOGIC.get(text, {"sched_retained_logic": text}))
                elif column := COLUMNS["ScheduleOptions"].get(child.tag):
                    target = project if column.startswith("critical") else options
                    target[column] = _value(column, text)
        return options

    def _activity(self, element: Element, row: Row) -> None:
        if "phys_complete_pct" in row:
            row["phys_complete_pct"] = str((self.tables.number(row, "phys_complete_pct") or 0.0) * 100)
        for code in element.iterfind("Code"):
            values = {"task_id": row.get("task_id", ""), "actv_code_type_id": code.findtext("TypeObjectId") or "",
                      "actv_code_id": code.findtext("ValueObjectId") or ""}
            self.tables.rows.setdefault("TASKACTV", []).append(Row("Code", row.mark, values))
        for udf in element.iterfind("UDF"):
            values = {"fk_id": row.get("task_id", ""), "udf_type_id": udf.findtext("TypeObjectId") or ""}
            values |= {UDF_VALUES[child.tag]: child.text for child in udf if child.tag in UDF_VALUES and child.text}
            self.tables.rows.setdefault("UDFVALUE", []).append(Row("UDF", row.mark, values))

    def _assignment(self, element: Element, row: Row) -> None:
        """Older files give actual units and costs in one sum, not by regular and overtime."""
        for regular, total in (("act_reg_qty", "ActualUnits"), ("act_reg_cost", "ActualCost")):
            if regular not in row and (text := element.findtext(total)):
                row[regular] = text

    def _curve(self, element: Element, row: Row) -> None:
        """The 21 percentages, which XER keeps in the row itself."""
        for values in element.iterfind("Values"):
            row |= {CURVE_VALUES[child.tag]: child.text for child in values if child.tag in CURVE_VALUES and child.text}

    def _udf_type(self, element: Element, row: Row) -> None:
        row["table_name"] = "TASK" if element.findtext("SubjectArea") == "Activity" else "other"

    def _calendar(self, element: Element, row: Row) -> None:
        times = self.times[row.get("clndr_id", "")] = WorkTimes()
        try:
            for day in element.iterfind("StandardWorkWeek/StandardWorkHours"):
                times.week[WEEKDAYS[day.findtext("DayOfWeek") or ""]] = _shifts(day)
            for exception in element.iterfind("HolidayOrExceptions/HolidayOrException"):
                times.exceptions[date.fromisoformat((exception.findtext("Date") or "")[:10])] = _shifts(exception)
        except (KeyError, ValueError) as error:
            self.tables.report(row, f"The working times of calendar {row.get('clndr_name')!r} are damaged: {error}.",
                               "Export the file again from P6.")


def _value(column: str, text: str) -> str:
    if column in WORDS:
        return WORDS[column].get(text, text)
    if column in FLAGS:
        return {"1": "Y", "true": "Y", "0": "N", "false": "N"}.get(text, text)
    return text


def _shifts(day: Element) -> Shifts:
    return merge(_work_times(day))


def _work_times(day: Element) -> Iterator[tuple[int, int]]:
    """Working times; P6 writes their last minute (11:59) instead of their end (12:00)."""
    for work in day.iterfind("WorkTime"):
        start, finish = work.findtext("Start"), work.findtext("Finish")
        if start and finish:
            first, last = _minute(start), _minute(finish)
            last += last % 5 == 4
            yield first, last if last > first else last + DAY


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def _currency(root: Element) -> str:
    """The currency the amounts are shown in, else the base currency, whose exchange rate is 1."""
    shown = root.findtext("DisplayCurrency/Currency/Id")
    if shown:
        return shown
    currencies = root.findall("Currency")
    base = next((c for c in currencies if c.findtext("ObjectId") == "1"), currencies[0] if currencies else None)
    return (base.findtext("Id") or "") if base is not None else ""
