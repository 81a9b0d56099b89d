"""The report says every element of the risk model in words."""

from __future__ import annotations

from simcore.reports.model_text import model_parts
from simcore.reports.risk_text import RiskText, chance_text, correlation_text, factor_effect
from tests.native_documents import plan_of

PLAN = """\
project: {start: 2026-03-02, currency: EUR}
calendars: {site: {week: {mon-fri: [08:00-12:00, 13:00-17:00]}}, crane: {week: {mon-fri: [08:00-12:00]}}}
templates: {routine: "triangular(95%, 100%, 110%)"}
uncertainty: {where: {id: A}, template: routine}
resources: {crew: {uncertainty: "uniform(95%, 110%)", productivity: "triangular(80%, 100%, 110%)"}}
activities:
  A: {duration: 20d}
  B: {duration: 10d, existence: 70%, resources: [{resource: crew, uncertainty: "uniform(90%, 130%)"}],
      after: [{activity: A, lag: 5d, uncertainty: "uniform(3d, 9d)", probability: 60%}]}
  fix: {duration: 3d, after: [B]}
  bypass: {duration: 3d, after: [B]}
risks:
  R0: {probability: very low}
  R1:
    description: Frost in spring
    category: Weather
    owner: Site
    status: closed
    probability: "triangular(20%, 30%, 50%)"
    impacts: [{activity: A, duration: "uniform(2d, 9d)", cost: 10%}, {link: A -> B, lag: "uniform(1d, 2d)"}]
    impact_rank: 0.5
    combine: parallel
    given: {R0: 80%}
    window: 2026-05-01..2026-09-30
    strikes: "uniform(0%, 100%)"
    occurrence: every 60d
    mitigation:
      actions: [{name: Tents, cost: 8000, date: 2026-04-01, owner: Me}, {name: Heating}]
      probability: very low
      impacts: []
  R2: {probability: 30%, exclusive: g, shared: yes, strikes: start, impacts: [{activity: B, cost: 500}]}
  R3: {probability: 30%, occurrence: per activity, strikes: 50%}
factors: {F: {probability: "uniform(20%, 30%)", uncertainty: "uniform(90%, 110%)", applies_to: [A, B], combine: parallel}}
correlations:
  - {between: [duration of A, price of crew], rank: 0.3}
  - {between: [duration of A, lag of A -> B], matrix: [[1, 0.5], ["", 1]], copula: t(4)}
branches:
  test: {name: Inspection, paths: [{weight: 70%}, {weight: 20%, activities: [fix], name: Failed}, {weight: 10%}]}
  plan B: {when: duration of A > 30d, then: [bypass], stop: yes}
  late: {when: finish of A > 2026-06-30, then: []}
  dear: {when: cost of A > 25000, then: []}
weather:
  site: {lost: {dec-feb: 40%, mar: 25%}, persistence: 0.3, region: coast, correlation: 0.8}
  crane: {record: {2019: "YEAR"}}
scenarios:
  cheap: {name: Cheap actions, mitigate: [R1], without: [R2, F]}
  late: {base: post, leave: [R1]}
scales: {probability: {very low: 5%}}
"""


def test_risks() -> None:
    plan = plan_of(PLAN.replace("YEAR", "0" * 366))
    text = RiskText(plan)
    first, closed, second, third = plan.risks
    assert text.effects(closed) == (
        "A: duration uniform(2d, 9d), cost fixed(10%)",
        "A -> B: lag uniform(1d, 2d)",
        "magnitudes with rank correlation 0.5",
        "of several in parallel the largest counts",
        "80 % when R0 occurs",
        "only from 1 May 2026 to 30 Sep 2026",
        "strikes after uniform(0%, 100%) of an activity's work",
        "comes again, every 60d of an activity's work on average",
    )
    rated = "Rated: mitigation probability very low"
    assert text.details(closed) == ("Frost in spring", "Category: Weather", "Owner: Site", rated)
    assert text.mitigation(closed.mitigation) == (
        "Tents (by 1 Apr 2026, Me); Heating; costs EUR 8,000; probability 5 %; no impact left"
    )
    assert chance_text(closed.probability) == "triangular(20%, 30%, 50%)"
    assert text.details(first) == ("Rated: probability very low",)
    assert text.effects(second)[1:] == (
        "one magnitude for all",
        "at most one of the group “g” occurs",
        "strikes at the start of an activity",
    )
    assert text.effects(third) == ("strikes after fixed(50%) of an activity's work", "occurs on each activity of its own accord")
    assert factor_effect(plan.factors[0]) == "duration × uniform(90%, 110%) on A, B; of several in parallel the largest counts"
    assert [correlation_text(correlation) for correlation in plan.correlations] == [
        "duration of A, price of crew: rank correlation 0.3",
        "duration of A, lag of A -> B: matrix of rank correlations from 0.5 to 0.5, Student's t with 4 degrees of freedom",
    ]


def test_everything_else() -> None:
    plan = plan_of(PLAN.replace("YEAR", "0" * 366))
    assert {part.title: part.lines for part in model_parts(plan)} == {
        "Branches": (
            "Inspection: 70 % nothing; 20 % Failed (fix); 10 % nothing",
            "plan B: when the duration of A passes 30d, bypass; A is abandoned there",
            "late: when the finish of A passes 30 Jun 2026, nothing",
            "dear: when the cost of A passes EUR 25 k, nothing",
        ),
        "Activities and relationships that may not be": ("B: exists with 70 %", "A -> B: holds with 60 %"),
        "Uncertain lags": ("A -> B: uniform(3d, 9d)",),
        "Uncertain prices, quantities and productivity": (
            "price of crew: uniform(95%, 110%)",
            "productivity of crew: triangular(80%, 100%, 110%)",
            "quantity of crew on B: uniform(90%, 130%)",
        ),
        "Weather": (
            "site: working days lost, Jan to Feb 40 %, Mar 25 %, Dec 40 %; persistence 0.3; with the region “coast”, 0.8",
            "crane: 1 measured year",
        ),
        "Scenarios": (
            "cheap (Cheap actions): from pre-mitigated, mitigates R1, without R2, F",
            "late: from post-mitigated, leaves R1 unmitigated",
        ),
        "Ranges by rules and templates": ("rule 1, template 'routine': duration of 1 activity",),
        "Scales": ("probability: very low 5%",),
    }


def test_plain_plans_have_nothing_to_say() -> None:
    assert model_parts(plan_of("activities: {A: {duration: 5d}}")) == ()
