"""Columns of CSV files: units from headings, delimiters, the column that is meant, and messages."""
from __future__ import annotations

import re

import pytest

from simcore.models import distribution_files
from simcore.models.distribution_files import FilesBeside, column_of_file, column_texts


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("8\n9\n12\n", "", ("8", "9", "12")),
        ("duration (d)\n8\n9.5\n", "", ("8d", "9.5d")),
        ("Duration [h]\n8\n2d\n", "duration", ("8h", "2d")),
        ("overrun (%)\n95\n130\n", "", ("95%", "130%")),
        ("cost (EUR)\n1500\n2.5e3\n", "", ("1500", "2.5e3")),
        ("duration (min)\n90\n", "", ("90m",)),
        ("job,duration (d),cost\nroof,8,100\nwall,,200\nfloor,12,50\n", "Duration (d)", ("8d", "12d")),
        ("job;duration (d)\nroof;8,5\nwall;1,234\n", "", ("8.5d", "1.234d")),
        ("duration (d)\n8,5\n9,25\n", "", ("8.5d", "9.25d")),
        ("a\tb\n1\tx\n2\ty\n", "", ("1", "2")),
        ('"a, b";c\n1;2\n', "a, b", ("1",)),
        ("\n\nduration\n\n8d\n\n", "", ("8d",)),
    ],
)
def test_reads(text, column, expected):
    assert column_texts(text, column) == expected


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", "", "jobs.csv is empty"),
        ("duration\n", "", "jobs.csv has no values in that column"),
        ("a,b\n1,2\n", "", "jobs.csv has several columns ('a', 'b'); name the one to read"),
        ("1,2\n3,4\n", "", "several columns (none with a heading)"),
        ("1,2\n3,4\n", "b", "jobs.csv has no headings, so no column 'b'"),
        ("job,duration\nx,1\n", "duraton", "jobs.csv has no column 'duraton'. Did you mean 'duration'?"),
        ("job,duration\nx,1\ny,soon\n", "duration", "jobs.csv line 3: 'soon' is not a value"),
        ('job,cost\nx,"1,234"\n', "cost", "line 2: '1,234' is not a value"),
        ("a\0b\n", "", "jobs.csv is not a text file"),
    ],
)
def test_says_what_is_wrong(text, column, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        column_texts(text, column, "jobs.csv")


def test_files(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "jobs.csv").write_text("\ufeffdur\u00e9e (d)\n8\n", encoding="utf-8")
    (tmp_path / "old.csv").write_bytes("dur\u00e9e (d)\n9\n".encode("cp1252"))
    load = FilesBeside(tmp_path)
    assert load("data/jobs.csv") == ("8d",)
    assert load("old.csv", "dur\u00e9e") == ("9d",)
    assert hash(load) == hash(FilesBeside(tmp_path))
    for name in ("../jobs.csv", "data/../../jobs.csv", "..\\jobs.csv", str(tmp_path / "old.csv")):
        with pytest.raises(ValueError, match="is not beside the plan"):
            load(name)
    with pytest.raises(ValueError, match=r"there is no file gone\.csv; correct the name"):
        load("gone.csv")
    with pytest.raises(ValueError, match="data cannot be read: Is a directory"):
        load("data")


def test_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(distribution_files, "MAX_VALUES", 3)
    with pytest.raises(ValueError, match="more than 3 values; keep a sample of them"):
        column_texts("1\n2\n3\n4\n")
    monkeypatch.setattr(distribution_files, "MAX_BYTES", 3)
    (tmp_path / "big.csv").write_text("12345")
    with pytest.raises(ValueError, match=r"big\.csv is larger than"):
        column_of_file(tmp_path / "big.csv")


def test_brackets_that_are_no_unit_may_be_left_out():
    assert column_texts("job,cost (EUR),net [k]\nx,1500,2\n", "cost") == ("1500",)
    assert column_texts("job,cost (EUR),net [k]\nx,1500,2\n", "Net") == ("2",)
