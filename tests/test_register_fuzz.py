"""Whatever stands in a register, the answer is a plan or a list of problems, never a traceback."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from simcore.models.errors import PlanError, Problem
from simcore.models.formats.register import merge_register
from simcore.models.formats.register_sheets import sheets
from simcore.models.formats.register_write import register_workbook
from tests.basic_strategies import NAMES
from tests.register_books import PLAN, data_of
from tests.test_register_round_trip import WRITTEN, document_of, parse_tree

DATA = register_workbook(document_of(parse_tree(WRITTEN, "r.yaml")), PLAN)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(-(10**20), 10**20),
    NAMES,
    st.sampled_from(["#REF!", "{", "[a, b", "{a: {b: c}}", ";;", "a: b: c", "1e999", "triangular(", "10%..", "every d", "&a *a"]),
    st.sampled_from([datetime(1900, 1, 1), datetime(2026, 10, 5, 3, 30), time(3), timedelta(days=3)]),
)  # fmt: skip
PLACES = st.tuples(st.sampled_from([*sheets(), "Matrix"]), st.integers(1, 5), st.integers(1, 24), VALUES)


def problems_in(data: bytes, name: str) -> Sequence[Problem]:
    """What a register is refused with; nothing where it is read."""
    try:
        merge_register(PLAN, data, name)
    except PlanError as error:
        return error.problems
    return ()


@settings(max_examples=40, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(PLACES, min_size=1, max_size=6))
def test_any_cells(changes: list[tuple[str, int, int, object]]) -> None:
    book = load_workbook(io.BytesIO(DATA))
    for title, row, column, value in changes:
        cell = book[title].cell(row, column)
        if isinstance(value, str):
            cell.value = "".join(character for character in value if character.isprintable())
        elif not (isinstance(value, float) and value != value) and value not in (float("inf"), float("-inf")):
            cell.value = value
    assert all(problem.where.startswith("register.xlsx") for problem in problems_in(data_of(book), "register.xlsx"))


@settings(max_examples=60)
@given(st.lists(st.lists(st.text(max_size=12), max_size=8), max_size=6), st.sampled_from([",", ";", "\t"]))
def test_any_csv(rows: list[list[str]], separator: str) -> None:
    header = separator.join(("Risk ID", "Name", "Probability", "Activity", "Duration"))
    text = "\n".join([header, *(separator.join(row) for row in rows)])
    found = problems_in(text.encode("utf-8", "replace"), "risks.csv")
    assert all(problem.where.startswith("risks.csv") for problem in found)
