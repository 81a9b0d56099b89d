"""What the risk model of a plan is refused for where it was built in Python; what files can say too is among the malformed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from simcore.models.branches import Branch, ConditionalBranch, Path
from simcore.models.calendars import Calendar, always
from simcore.models.costs import Assignment, Resource
from simcore.models.distributions import Normal, Uniform
from simcore.models.errors import PlanError
from simcore.models.plan import Activity, ActivityType, LinkType, Plan, Project, Ref, Relationship, Status
from simcore.models.risks import Correlation, Factor, Impact, Mitigation, Risk, Scenario
from simcore.models.weather import DAYS, Weather

MINUTES = Uniform(0.0, 9.0)
SHARE = Uniform(0.1, 0.2, relative=True)
HIT = Impact(activity="A", duration=MINUTES)
NINE_TO_FIVE = Calendar(name="c", week=(((540, 1020),),) * 5 + ((), ()))


def plan(**parts: Any) -> Plan:
    base = {
        "projects": (Project(id="P", start=datetime(2026, 3, 2)),),
        "calendars": {"c": NINE_TO_FIVE, "clock": always()},
        "activities": (Activity(project="P", id="A", duration=480), Activity(project="P", id="B", duration=480)),
        "relationships": (Relationship(Ref("P", "A"), Ref("P", "B")),),
    }
    return Plan(**{**base, **parts})


def conditional(**values: Any) -> dict[str, Any]:
    branch = {"id": "b", "quantity": "duration", "activity": "A", "limit": 960, "then": ("B",)}
    return {"branches": (ConditionalBranch(**{**branch, **values}),)}


def weather(**values: Any) -> dict[str, Any]:
    return {"weather": (Weather(**{"calendar": "c", **values}),)}


def risk(**values: Any) -> dict[str, Any]:
    return {"risks": (Risk(id="R", **values),)}


CASES: list[tuple[dict[str, Any], str]] = [
    (risk(probability=MINUTES), "risk 'R' probability: it is a distribution of a probability. Write percentages"),
    (risk(mitigation=Mitigation(probability=Uniform(-0.1, 0.2, relative=True))), "risk 'R' mitigation probability: its"),
    (risk(impacts=(Impact(duration=MINUTES),)), "risk 'R': an impact hits one activity or one relationship."),
    (risk(impacts=(Impact(activity="A", link="A -> B", duration=MINUTES),)), "risk 'R': an impact hits one activity or one"),
    (risk(impacts=(Impact(activity="A", cost=MINUTES, lag=MINUTES),)), "risk 'R': its impact on the activity 'A' has a lag."),
    (risk(impacts=(Impact(link="A -> B", cost=MINUTES),)), "risk 'R': its impact on the relationship 'A -> B' must have a lag"),
    (risk(impacts=(Impact(link="B -> A", lag=MINUTES),)), "risk 'R': there is no relationship 'B -> A'."),
    (risk(mitigation=Mitigation(impacts=(Impact(activity="Z", cost=MINUTES),))), "risk 'R' mitigation: there is no activity"),
    (risk(impact_rank=-0.5), "risk 'R' impact_rank: -0.5 is not"),
    (risk(status="gone"), "risk 'R' status: there is no 'gone'. Write one of: open, closed."),
    (risk(occurrence="often"), "risk 'R' occurrence: there is no 'often'."),
    (risk(occurrence="recurring"), "risk 'R' occurrence: it recurs, but not how often."),
    (risk(every=480), "risk 'R' occurrence: it has a time between occurrences, but does not recur."),
    (risk(strikes="middle"), "risk 'R' strikes: 'middle' is not understood."),
    (risk(strikes=MINUTES), "risk 'R' strikes: it is no share of an activity."),
    (risk(strikes=Normal(0.5, 0.1, relative=True)), "risk 'R' strikes: it is no share of an activity."),
    (
        {"factors": (Factor(id="F", probability=2.0, uncertainty=SHARE),)},
        "factor 'F' probability: 2 is not between 0 and 1.",
    ),
    (
        {"resources": {"r": Resource(id="r", productivity=MINUTES)}},
        "resource 'r' productivity: it divides durations. Write percentages",
    ),
    (
        {"resources": {"r": Resource(id="r", productivity=Normal(1.0, 0.5, relative=True))}},
        "resource 'r' productivity: it divides durations, and may be 0 or less.",
    ),
    (
        {"activities": (Activity(project="P", id="A", assignments=(Assignment(resource=None, uncertainty=MINUTES),)),
                        Activity(project="P", id="B"))},
        "activity 'A' resources uncertainty: it multiplies quantities.",
    ),
    (
        {"activities": (Activity(project="P", id="A", existence=-1.0), Activity(project="P", id="B"))},
        "activity 'A' existence: the probability -1 is not between 0 and 1.",
    ),
    (
        {"relationships": (Relationship(Ref("P", "A"), Ref("P", "B"), LinkType.FS, probability=1.5),)},
        "activity 'B' relationship: its probability 1.5 is not between 0 and 1.",
    ),
    (
        {"correlations": (Correlation(between=("duration of A", "duration of B")),)},
        "correlation '1': needs a rank correlation or a matrix of them, and not both.",
    ),
    (
        {"correlations": (Correlation(between=("duration of A", "duration of B"), matrix=((1.0, 0.5),)),)},
        "correlation '1' matrix: it has 1 rows and 2 columns, but there are 2 variables.",
    ),
    (
        {"correlations": (Correlation(between=("lag of A -> B", "lag of B -> A"), rank=0.5),)},
        "correlation '1' between: there is no relationship 'B -> A'.",
    ),
    ({"branches": (Branch(id="b"),)}, "branch 'b' paths: the weights of its paths add up to 0%, not 100%."),
    ({"branches": (Branch(id="b", paths=(Path(weight=1.5), Path(weight=-0.5))),)}, "branch 'b' paths: the weight 1.5 is not"),
    ({"branches": (Branch(id="b", paths=(Path(weight=1.0),)),) * 2}, "branch 'b': is there 2 times; every branch needs an id"),
    (conditional(quantity="float"), "branch 'b' when: there is no 'float'. Write one of: start, finish, duration, cost."),
    (conditional(quantity="finish"), "branch 'b' when: the limit of a finish is a date."),
    (conditional(limit=datetime(2026, 5, 1)), "branch 'b' when: the limit of a duration is a duration."),
    (conditional(quantity="cost", limit=float("inf")), "branch 'b' when: its limit is not finite."),
    (conditional(quantity="start", limit=datetime(2026, 5, 1), stop=True), "branch 'b' stop: an activity cannot be"),
    (conditional(activity="Z"), "branch 'b' when: there is no activity 'Z'."),
    (conditional(then=("Z",)), "branch 'b': there is no activity 'Z'."),
    (conditional(activity="B", then=("A",)), "branch 'b': 'A' comes before 'B', which decides whether it exists."),
    (weather(), "weather 'c': it needs chances by month or a record, and not both."),
    (weather(monthly=(0.5,)), "weather 'c' lost: there are chances for 1 months."),
    (weather(monthly=(0.5,) * 11 + (1.5,)), "weather 'c' lost: the probability 1.5 is not between 0 and 1."),
    (weather(record=(bytes(365),)), f"weather 'c' record: year 1 does not consist of {DAYS} zeros and ones."),
    (weather(record=(bytes(DAYS), bytes([2] * DAYS))), "weather 'c' record: year 2 does not consist of"),
    (weather(record=(bytes(DAYS),), persistence=0.5), "weather 'c' persistence: a record lasts as long as it lasted."),
    ({"weather": (Weather(calendar="c", monthly=(0.5,) * 12),) * 2}, "weather 'c': the calendar has weather already."),
    ({"scenarios": (Scenario(id="s", base="now"),)}, "scenario 's' base: there is no 'now'. Write one of: pre, post, none."),
    ({"scenarios": (Scenario(id="none"),)}, "scenario 'none': every plan has a scenario of this name."),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "message"), CASES, ids=[case[1][:60] for case in CASES])
def test_refused(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError) as caught:
        plan(**parts)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("kind", [ActivityType.HAMMOCK, ActivityType.SUMMARY])
@pytest.mark.parametrize(("quantity", "limit"), [("duration", 4800), ("cost", 5.0)])
def test_spans_decide_nothing(kind: ActivityType, quantity: str, limit: float) -> None:
    """Their dates and costs are known when all others have been placed: too late for a branch."""
    activities = (Activity(project="P", id="A", type=kind), Activity(project="P", id="B", duration=9))
    with pytest.raises(PlanError, match=f"the activity 'A' is a {kind}, so its {quantity} decides nothing"):
        plan(activities=activities, relationships=(), **conditional(quantity=quantity, limit=limit))


def test_what_is_over_decides_nothing() -> None:
    over = Activity(project="P", id="A", duration=480, status=Status.COMPLETED)
    with pytest.raises(PlanError, match="the activity 'A' is complete"):
        plan(activities=(over, Activity(project="P", id="B", duration=9)), **conditional())


@pytest.mark.parametrize(
    "parts",
    [
        risk(probability=Normal(0.3, 0.1, relative=True)),  # cut off where it is drawn
        risk(impacts=(HIT, Impact(link="A -> B", lag=SHARE)), impact_rank=0.999),
        risk(occurrence="recurring", every=480, strikes="end"),
        {"risks": (Risk(id="R", probability=0.5, exclusive="g"), Risk(id="S", probability=0.5, exclusive="g"))},
        {"risks": (Risk(id="R", probability=0.9, exclusive="g", status="closed"), Risk(id="S", probability=0.5, exclusive="g"))},
        {"resources": {"r": Resource(id="r", productivity=Normal(1.0, 0.1, relative=True))}},
        {"branches": (Branch(id="b", paths=(Path(weight=1 / 3),) * 3),)},
        conditional(quantity="finish", limit=datetime(2026, 5, 1), stop=True),
        weather(monthly=(0.5,) * 12, persistence=0.99, region="r", correlation=0.0),
        weather(record=(bytes(DAYS),), region="r"),
    ],
)
def test_sound(parts: dict[str, Any]) -> None:
    plan(**parts)


def test_every_member_of_a_group_must_fit_in() -> None:
    members = (
        Risk(id="R", probability=SHARE, exclusive="g"),
        Risk(id="S", probability=0.1, exclusive="g", given={"R": 0.5}),
        Risk(id="T", probability=0.1, exclusive="g", occurrence="per activity"),
    )
    with pytest.raises(PlanError) as caught:
        plan(risks=members)
    assert [str(problem).split(" a risk of the group 'g' ")[1] for problem in caught.value.problems] == [
        "needs a certain probability, not a distribution of it.",
        "cannot hang on other risks with 'given'.",
        "occurs once or not at all; it cannot occur per activity or recur.",
    ]


def test_relationships_of_one_type_between_the_same_activities_have_no_name() -> None:
    twice = (Relationship(Ref("P", "A"), Ref("P", "B"), LinkType.SS, 480),) * 2
    with pytest.raises(PlanError, match=r"there are 2 relationships 'A -> B SS'\. They cannot be told apart; remove all"):
        plan(relationships=twice, **risk(impacts=(Impact(link="A -> B SS", lag=MINUTES),)))
