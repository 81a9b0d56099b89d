"""A comparison as plain data, as text for terminals, and as a page."""
from __future__ import annotations

from functools import cache

import pytest

from simcore.comparison import Comparison, compare
from simcore.models.distributions import Uniform
from simcore.models.risks import Action, Impact, Mitigation, Risk, Scenario
from simcore.reports.comparison_content import build_comparison
from simcore.reports.comparison_figures import compared_costs, compared_finishes
from simcore.reports.comparison_html import render_comparison
from simcore.reports.comparison_terminal import comparison_summary
from simcore.reports.theme import SERIES
from simcore.simulation import Progress
from tests.oracle_plans import activity, plan
from tests.report_cases import HOSTILE, completed_plan, hostile_plan, make_plan


@cache
def compared() -> Comparison:
    subject = make_plan(30).with_changes(scenarios=(Scenario(id="dry", name="No steel risk", without=("R2",)),))
    return compare(subject, ("pre", "post", "dry", "none"), 800, seed=2, target="2027-03-01", budget=4e6)


def test_every_scenario_has_its_line():
    page = build_comparison(compared())
    assert [line.name for line in page.scenarios] == ["pre-mitigated", "post-mitigated", "No steel risk", "uncertainty only"]
    assert [line.action_cost for line in page.scenarios] == ["", "15,000", "", ""]
    assert [line.mitigated for line in page.scenarios] == ["", "R1", "", ""]
    assert [line.name for line in page.differences] == [line.name for line in page.scenarios[1:]]
    assert page.subtitle[:2] == ("4 scenarios", "800 iterations each")


def test_differences_have_their_own_errors():
    line = build_comparison(compared()).differences[0]
    assert [cell.label for cell in line.finish] == ["P10", "P50", "P80", "P90", "Mean"]
    assert all(cell.error.startswith("±") for cell in (*line.finish, *line.cost))
    assert [cell.headline for cell in line.finish] == [False, False, True, False, False]
    own, single = line.cost[2].error, build_comparison(compared()).scenarios[0].cost
    assert single is not None
    assert float(own[1:].replace(",", "")) < float(single.row(80).error[1:].replace(",", ""))


def test_the_price_of_mitigation_in_a_sentence():
    lines = build_comparison(compared()).differences
    assert lines[0].benefit.startswith("its actions cost EUR 15 k more; at P80 ")
    assert lines[1].benefit == ""  # as much is done as in the first


@pytest.mark.parametrize(("mitigated", "expected"), [
    (0.0, "its actions cost 5 more; at P80 it finishes 10 days earlier: 5 more is spent in all, 0.50 for each day gained."),
    (0.6, "its actions cost 5 more; at P80 the finish is the same within the error: 5 more is spent in all."),
])  # fmt: skip
def test_what_a_day_gained_costs(mitigated, expected):
    impacts = (Impact(activity="A", duration=Uniform(14400.0, 14400.1)),)  # ten days
    mitigation = Mitigation(actions=(Action(cost=5.0),), probability=mitigated)
    risk = Risk(id="R", probability=0.6, impacts=impacts, mitigation=mitigation)
    subject = plan([activity("A", units=1.0)], risks=(risk,))
    assert build_comparison(compare(subject, iterations=160)).differences[0].benefit == expected


def test_the_other_way_round_less_is_spent():
    line = build_comparison(compare(make_plan(10), ("post", "pre"), 160)).differences[0]
    assert line.benefit.startswith("its actions cost EUR 15 k less; at P80 ")


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_text_for_terminals_keeps_within_its_width(width):
    text = comparison_summary(compared(), width=width)
    assert max(map(len, text.splitlines())) <= width
    for word in ("Finish", "Cost EUR", "P80", "difference to pre-mitigated"):
        assert word in " ".join(text.split()), word


def test_text_without_colour_and_in_ascii():
    assert comparison_summary(compared(), width=120, plain=True).isascii()
    assert "\x1b" not in comparison_summary(compared(), width=120)
    assert "\x1b" in comparison_summary(compared(), width=120, color=True)


def test_a_plan_without_cost_or_uncertainty():
    comparison = compare(make_plan(10, with_cost=False, with_ranges=False), ("pre", "none"), 64)
    assert not build_comparison(comparison).with_cost
    assert "Cost" not in comparison_summary(comparison, width=100)
    assert 'data-figure="cost"' not in render_comparison(comparison)
    assert "100 %" in comparison_summary(compare(completed_plan(), ("pre", "none"), 3), width=100)


def test_a_comparison_of_few_iterations_has_no_errors():
    page = build_comparison(compare(make_plan(10), ("pre", "post"), 3))
    assert {cell.error for cell in page.differences[0].finish} == {"–"}


def test_a_comparison_stopped_early_says_so():
    def stop(progress: Progress) -> None:
        raise KeyboardInterrupt

    comparison = compare(make_plan(5), ("pre", "post"), 20_000, progress=stop)
    page = build_comparison(comparison)
    assert page.partial.endswith("left out: post.")
    assert page.differences == ()
    for text in (comparison_summary(comparison, width=100), render_comparison(comparison)):
        assert "Stopped early" in text


def test_curves_lie_over_each_other():
    figure = compared_finishes(compared())
    assert [trace.name for trace in figure.data] == ["pre-mitigated", "post-mitigated", "No steel risk", "uncertainty only"]
    looks = {(trace.line.color, trace.line.dash) for trace in figure.data}
    assert len(looks) == 4
    assert {note.text.split()[0] for note in figure.layout.annotations} == {"Deterministic", "Target"}
    assert {note.text.split()[0] for note in compared_costs(compared()).layout.annotations} == {"Deterministic", "Budget"}
    with pytest.raises(ValueError, match="no cost"):
        compared_costs(compare(plan([activity("A")]), ("pre", "none"), 32))


def test_more_scenarios_than_colours_are_told_apart():
    names = [f"S{k}" for k in range(10)]
    subject = make_plan(4).with_changes(scenarios=tuple(Scenario(id=name) for name in names))
    data = compared_finishes(compare(subject, names, 32)).data
    assert len(SERIES) < len({(trace.line.color, trace.line.dash) for trace in data}) == len(names)


def test_the_page_stands_alone():
    page = render_comparison(compared())
    assert page.count("plotly.js v") == 1
    for text in ("scenarios compared", "No steel risk", "Difference to pre-mitigated", "default-src 'none'"):
        assert text in page, text


def test_hostile_names_stay_texts():
    subject = hostile_plan().with_changes(scenarios=(Scenario(id="x", name=HOSTILE[0]),))
    page = render_comparison(compare(subject, ("pre", "x"), 64))
    assert "<script>alert" not in page
    comparison_summary(compare(subject, ("pre", "x"), 64), width=80)
