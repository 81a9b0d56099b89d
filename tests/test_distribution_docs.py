"""``docs/distributions.md`` says what the code does: signatures, examples and worked values."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from simcore.models.distribution_families import FAMILIES
from simcore.models.distributions import (
    DISTRIBUTIONS,
    ByPercentiles,
    Distribution,
    duration_values,
    format_distribution,
    parse_distribution,
    signature,
)

TEXT = (Path(__file__).resolve().parents[1] / "docs" / "distributions.md").read_text(encoding="utf-8")
SIGNATURES = {signature(kind) for kind in DISTRIBUTIONS.values()}
CODE = re.findall(r"`([^`]*)`", TEXT)
EXPRESSIONS = sorted({code for code in CODE if re.match(r"\w+\(", code)} - SIGNATURES)
DAY = 480.0


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its two header lines."""
    section = TEXT.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def read(text: str) -> Distribution:
    return parse_distribution(text, duration_values(), load=lambda name, column: ("8d", "9d"))


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_every_expression_can_be_read(text):
    read(text)


def test_every_distribution_is_described_as_it_is_written():
    described = [(row[0].strip("`"), row[1].strip("`")) for row in rows("What to write, and when")]
    assert [text for text, _ in described] == [signature(kind) for kind in DISTRIBUTIONS.values()]
    assert [read(example).label for _, example in described] == list(DISTRIBUTIONS)
    assert [row[0].strip("`") for row in rows("Formulas")] == list(DISTRIBUTIONS)


def test_the_families_that_take_percentiles_are_described():
    named = {name for row in rows("From percentiles") for name in re.findall(r"`(\w+)`", row[0])}
    assert named == {kind.label for kind in FAMILIES}
    for row in rows("From percentiles"):
        for text in re.findall(r"`(\w+\([^`]*)`", row[2]):
            assert isinstance(read(text), ByPercentiles)
            assert format_distribution(read(text), duration_values()) == text


def test_every_source_is_listed():
    cited = set(re.findall(r"\[(\w+)\]", " ".join(row[-1] for row in rows("Formulas"))))
    listed = set(re.findall(r"\*\*\[(\w+)\]\*\*", TEXT))
    assert cited == listed


def worked(text: str) -> list[str]:
    distribution = read(text)
    values = [distribution.mean, distribution.sd, *distribution.ppf([0.1, 0.5, 0.8, 0.9])]
    if distribution.relative:
        return [f"{value:.2%}" for value in values]
    return [f"{value / DAY:.3f}" for value in values]


def test_worked_values():
    examples = [row[1] for row in rows("What to write, and when")]
    assert rows("Worked values") == [[example, *worked(example.strip("`"))] for example in examples]
