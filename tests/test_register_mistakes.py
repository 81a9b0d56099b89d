"""A workbook with thirty mistakes of thirty kinds is answered with thirty messages that name sheet, cell and remedy."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from simcore.models.errors import PlanError
from simcore.models.formats.register import merge_register
from tests.register_books import PLAN, book_of, data_of, empty, problems_of, put, read_book

MISTAKES = (
    ("Risks", "E1", r"column 'Ownr' is not known\. Did you mean 'Owner'"),
    ("Risks", "G2", r"risk 'R1' probability: the probability 35 is not between .* write 35%"),
    ("Risks", "A4", r"the risk 'R1' is there already, in register\.xlsx sheet 'Risks' cell A2\. Give every risk an id"),
    ("Risks", "row 5", r"the row has no Risk ID\. Write it, or clear the row"),
    ("Risks", "F6", r"there is no 'opened'; write one of: open, closed"),
    ("Risks", "G6", r"'hgh' is no word of the scale of probability\. Did you mean 'high'"),
    ("Risks", "J6", r"'2026-02-30' does not exist in the calendar; correct the month or the day"),
    ("Risks", "K7", r"the number 46200 stands where a date is expected; format the cell as a date"),
    ("Risks", "I8", r"'R1 80%' is not of the form RISK: 80%"),
    ("Risks", "J8", r"the window has only one end\. Fill in 'Window to' too"),
    ("Risks", "M8", r"'sometimes' is not understood; write once, per activity, or every 60d"),
    ("Risks", "O8", r"there is no 'perhaps'; write one of: yes, no"),
    ("Risks", "R8", r"'8 000 EUR' is not an amount of money; write it like 180000"),
    ("Risks", "S8", r"'05/06/2026' is not a date; write 2026-03-31"),
    ("Risks", "V8", r"the sheet Impacts has no post impacts of it\. Add them with 'post'"),
    ("Impacts", "C11", r"the cells C11:C12 are merged\. Unmerge them"),
    ("Impacts", "C2", r"there is no activity '1011'\. Did you mean '1010'"),
    ("Impacts", "E3", r"the minimum 12d is above the mode 10d; swap"),
    ("Impacts", "A4", r"there is no risk 'R99' on the sheet Risks"),
    ("Impacts", "E5", r"the formula ends in the error #REF!; correct it, or write the value"),
    ("Impacts", "E6", r"a date \(2026-10-05\) stands where a duration or a range is expected; .* format the cell as text"),
    ("Impacts", "E7", r"'5' has no unit; write 5d"),
    ("Impacts", "row 8", r"risk 'R1': the impact does not say what it does\. Fill in 'Duration', 'Cost'"),
    ("Impacts", "row 9", r"risk 'R1': the impact does not say what it hits\. Fill in 'Activity' or 'Link'"),
    ("Impacts", "F10", r"mixes percentages \(5%\) and absolute values \(2000\); write all of them one way"),
    ("Impacts", "E13", r"the formula has no result in the file; open and save it in Excel"),
    ("Uncertainty", "I2", r"there is no template 'novle'\. Did you mean 'novel'"),
    ("Uncertainty", "row 3", r"the row gives no range\. Fill in 'Template', 'Duration'"),
    ("Factors", "row 2", r"factor 'crew': the row is not complete\. Fill in 'Applies to'"),
    ("Correlations", "D2", r"the rank correlation 1\.5 is not between -1 and 1"),
)


def book_with_mistakes() -> Workbook:
    book = empty()
    for number in range(2, 10):
        if number != 5:
            put(book, "Risks", number, Risk_ID=f"R{number - 1}", Name=f"Risk {number}", Probability=0.3)
    put(book, "Risks", 2, Probability=35)
    put(book, "Risks", 4, Risk_ID="R1")
    put(book, "Risks", 5, Name="Nobody knows which")
    put(book, "Risks", 6, Status="opened", Probability="hgh", Window_from="2026-02-30", Window_to=datetime(2026, 5, 31))
    put(book, "Risks", 7, Window_from=datetime(2026, 5, 1), Window_to=46200)
    put(book, "Risks", 8, Given="R1 80%", Window_from=datetime(2026, 5, 1), Occurrence="sometimes", Shared="perhaps",
        Action="Wait", Action_cost="8 000 EUR", Action_date="05/06/2026", Post_impacts="see Impacts")  # fmt: skip
    book["Risks"]["E1"] = "Ownr"
    for number in range(2, 14):
        put(book, "Impacts", number, Risk="R1", Activity="1010", Duration="uniform(1d, 2d)")
    put(book, "Impacts", 2, Activity=1011)
    put(book, "Impacts", 3, Duration="triangular(12d, 10d, 20d)")
    put(book, "Impacts", 4, Risk="R99")
    put(book, "Impacts", 5, Duration="#REF!")
    put(book, "Impacts", 6, Duration=datetime(2026, 10, 5))
    put(book, "Impacts", 7, Duration=5)
    put(book, "Impacts", 8, Duration=None)
    put(book, "Impacts", 9, Activity=None)
    put(book, "Impacts", 10, Cost="uniform(5%, 2000)")
    book["Impacts"].merge_cells("C11:C12")
    put(book, "Impacts", 12, Risk=None, Duration=None)
    put(book, "Impacts", 13, Duration='="uniform("&"1d, 2d)"')
    put(book, "Templates", 2, Template="novel", Duration="pert(80%, 100%, 200%)")
    put(book, "Uncertainty", 2, WBS="C", Template="novle")
    put(book, "Uncertainty", 3, WBS="C")
    put(book, "Factors", 2, Factor_ID="crew", Range="uniform(90%, 120%)")
    put(book, "Correlations", 2, Variables="duration of 1010; duration of 1020", Rank=1.5)
    return book


def test_thirty_mistakes_give_thirty_messages() -> None:
    found = problems_of(book_with_mistakes())
    assert len(MISTAKES) == 30
    assert len({message for _, _, message in MISTAKES}) == 30
    for (sheet, cell, message), line in zip(MISTAKES, found, strict=False):
        place = cell if cell.startswith("row") else f"cell {cell}"
        assert re.match(rf"register\.xlsx sheet '{sheet}' {place}\b.*{message}", line), f"{place}: {line}"
    assert len(found) == 30, found[30:]


def test_an_id_that_the_plan_has_already() -> None:
    plan = read_book(book_of(Risks=[["Risk ID"], ["R1"]]))
    found = problems_of(book_of(Risks=[["Risk ID"], ["R0"], ["R1"]]), plan)
    assert found == ["register.xlsx sheet 'Risks' cell A3 risk 'R1': the plan has a risk of this id already. Rename one of them."]


def test_nothing_of_a_wrong_register_is_taken() -> None:
    before = (PLAN.risks, PLAN.activities)
    problems_of(book_with_mistakes())
    assert (PLAN.risks, PLAN.activities) == before


@pytest.mark.parametrize(
    ("sheets", "message"),
    [
        ({"Risks": [["Something", "else"], ["a", "b"]]}, r"sheet 'Risks' row 1: the sheet 'Risks' has no row of headers"),
        ({"Risks": [["Name", "Probability"], ["a", 0.5]]}, r"sheet 'Risks' row 1: there is no column 'Risk ID'\. Add it"),
        ({"Risks": [["Risk ID", "Name", "Name"], ["R1", "a", "b"]]}, r"cell C1: the column 'Name' is there twice, first as"),
        ({"One": [["ID"]], "Two": [["ID"]]}, r"^register\.xlsx: none of its sheets is one of a register\. Name them Risks"),
        ({"One": [["Owner of the sheet"]]}, r"sheet 'One' row 1: the sheet 'Risks' has no row of headers"),
        ({"Rsks": [["Risk ID"], ["R1"]]}, r"sheet 'Rsks': there is no sheet 'Rsks' in a register\. Did you mean 'Risks'"),
        ({"Risks": [["Risk ID"]], "Risk": [["Risk ID"]]}, r"sheet 'Risk': there are two sheets 'Risks'\. Keep one"),
        ({"Risks": [["Risk ID", "More"], ["R1", "{status: "]]}, r"cell B2 More: not readable as YAML"),
        ({"Risks": [["Risk ID", "More"], ["R1", "closed"]]}, r"cell B2 More: 'closed' is not of the form \{key: value\}"),
        ({"Risks": [["ID", "Status", "More"], ["R1", "open", "{status: closed}"]]}, r"cell C2 more 'status': is given in a"),
        ({"Risks": [["Risk ID", "Probability"], ["R1", True]]}, r"cell B2 Probability: TRUE stands where a probability is"),
        ({"Scales": [["Word", "Probability"], ["low", 0.1], ["low", 0.2]]}, r"cell A3: the word 'low' is there already"),
        ({"Correlations": [["Matrix"], ["Matrix 7"]]}, r"cell A2: there is no sheet 'Matrix 7' with correlations"),
        ({"Matrix": [[None, "duration of 1010"], ["duration of 1020", 1]]}, r"sheet 'Matrix' cell A1: .* same variables"),
        ({"Settings": [["Setting", "Value"], ["currency", "EUR"], ["currency", "USD"]]}, r"cell A3: the setting 'currency' is"),
        ({"Settings": [["Setting", "Value"], ["budget", "5"], ["budget", "6"]]}, r"cell A3: the setting 'budget' is"),
        ({"Settings": [["Setting", "Value"], ["discount", "6"]]}, r"cell B2 finance discount rate: '6' is not a percentage"),
        ({"Settings": [["Setting", "Value"], ["escalation", "{steel: 3%"]]}, r"cell B2 escalation: .*write it in one pair of br"),
        ({"Settings": [["Setting", "Value"], ["escalation", "{steel: -100%}"]]}, r"cell B2 escalation 'steel' rate: -100%"),
        ({"Correlations": [["Variables", "Group"], ["cost of 1010; cost of 1020", "{wbs: C}"]]}, r"variables and a group"),
        ({"Branches": [["Branch", "Stop"], ["b", "yes"], ["b", "no"]]}, r"cell A3: the branch 'b' is there already"),
    ],
)  # fmt: skip
def test_other_mistakes(sheets: dict[str, list[list[object]]], message: str) -> None:
    assert re.search(message, "\n".join(problems_of(book_of(**sheets))))


def test_a_sheet_with_a_stray_cell_at_its_end() -> None:
    book = book_of(Risks=[["ID"], ["R1"]])
    book["Risks"]["C1048576"] = "x"
    assert problems_of(book) == [
        "register.xlsx sheet 'Risks': reaches down to cell C1048576. "
        "Delete the rows and columns behind the last that is filled, and save it again."
    ]


def damaged(part: str) -> bytes:
    """A workbook one part of which is cut off."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data_of(book_of(Risks=[["ID"], ["R1"]])))) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, old.read(entry)[:100] if entry == part else old.read(entry))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04 broken", r"risks\.xlsx: is no workbook that can be read\. Save it as \.xlsx"),
        (damaged("xl/worksheets/sheet1.xml"), r"risks\.xlsx: cannot be read as a workbook \(.*save it as \.xlsx again"),
        (bytes.fromhex("D0CF11E0A1B11AE1"), r"old or an encrypted kind\. Save it as \.xlsx"),
    ],
)
def test_files_that_are_no_workbooks(data: bytes, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        merge_register(PLAN, data, "risks.xlsx")
