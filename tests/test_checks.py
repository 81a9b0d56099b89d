"""What a plan is refused for, whoever built it; loops above all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.models.calendars import Calendar, always
from simcore.models.costs import Amount, Assignment, Cost, Resource
from simcore.models.distributions import Uniform
from simcore.models.errors import PlanError
from simcore.models.loops import find_loops
from simcore.models.plan import (
    Activity,
    ActivityType,
    Constraint,
    ConstraintType,
    LinkType,
    Plan,
    Project,
    Ref,
    Relationship,
    SchedulingOptions,
    Segment,
    Wbs,
)
from simcore.models.risks import Correlation, Factor, Impact, Mitigation, Risk


def task(name: str, **values: Any) -> Activity:
    return Activity(**{"project": "P", "id": name, "duration": 480, **values})


def link(text: str) -> Relationship:
    """``A SS B``"""
    predecessor, kind, successor = text.split()
    return Relationship(Ref("P", predecessor), Ref("P", successor), LinkType(kind))


def plan(*activities: Activity, links: Iterable[str] = (), **parts: Any) -> Plan:
    base = {"projects": (Project(id="P", start=datetime(2026, 3, 2)),), "calendars": {"c": always("c")}}
    return Plan(**{**base, "activities": activities, "relationships": tuple(map(link, links)), **parts})


def problems(*activities: Activity, **parts: Any) -> list[str]:
    with pytest.raises(PlanError) as caught:
        plan(*activities, **parts)
    return [str(problem) for problem in caught.value.problems]


class TestLoops:
    def test_a_loop_is_printed_as_a_path(self) -> None:
        found = problems(task("C"), task("A"), task("B"), links=["A FS B", "B FS C", "C FS A"])
        assert found == ["activity 'A': lies on a loop: A -> B -> C -> A. Remove one of these relationships."]

    @pytest.mark.parametrize("kinds", [("SS", "FF"), ("FF", "FF"), ("SS", "SS"), ("SF", "FS")])
    def test_the_type_of_a_relationship_does_not_matter(self, kinds: tuple[str, str]) -> None:
        (found,) = problems(task("A"), task("B"), links=[f"A {kinds[0]} B", f"B {kinds[1]} A"])
        assert "loop: A -> B -> A." in found

    def test_a_relationship_to_itself(self) -> None:
        assert problems(task("A"), links=["A SS A"]) == ["activity 'A': is linked to itself. Remove the relationship."]

    def test_the_shortest_way_round_is_shown(self) -> None:
        names = [f"A{i}" for i in range(9)]
        links = [f"{a} FS {b}" for a, b in pairwise(names)] + ["A8 FS A0", "A0 FS A8"]
        (found,) = problems(*map(task, names), links=links)
        assert "loop: A0 -> A8 -> A0." in found

    def test_long_loops_are_cut_in_the_middle(self) -> None:
        names = [f"A{i:02}" for i in range(40)]
        links = [f"{a} FS {b}" for a, b in zip(names, names[1:] + names[:1], strict=True)]
        (found,) = problems(*map(task, names), links=links)
        assert "A00 -> A01 -> A02 -> A03 -> A04 -> A05 -> ... 29 more ... -> A35 -> A36 -> A37 -> A38 -> A39 -> A00." in found

    def test_every_loop_is_told(self) -> None:
        found = problems(*map(task, "ABCD"), links=["A FS B", "B FS A", "C FS D", "D SS C"])
        assert [text.split("loop: ")[1].split(".")[0] for text in found] == ["A -> B -> A", "C -> D -> C"]

    def test_two_relationships_between_the_same_activities_are_none(self) -> None:
        plan(task("A"), task("B"), links=["A SS B", "A FF B"])

    def test_inactive_activities_take_no_part(self) -> None:
        plan(task("A"), task("B", inactive=True), links=["A FS B", "B FS A"])

    def test_hammocks_follow_and_drive_nobody(self) -> None:
        hammock = ActivityType.HAMMOCK
        plan(task("A"), task("H", type=hammock), links=["A SS H", "H FF A"])
        (found,) = problems(task("G", type=hammock), task("H", type=hammock), links=["G SS H", "H FF G"])
        assert "loop: G -> H -> G" in found

    def test_a_chain_of_a_hundred_thousand_is_no_problem(self) -> None:
        count = 100_000
        assert find_loops(count, range(count - 1), range(1, count)) == []
        (loop,) = find_loops(count, range(count), [*range(1, count), 0])
        assert len(loop) == count

    @given(
        st.integers(1, 8).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[st.integers(0, n - 1)] * 2), max_size=14)))
    )
    def test_loops_are_loops_and_none_is_missed(self, graph: tuple[int, list[tuple[int, int]]]) -> None:
        count, edges = graph
        found = find_loops(count, [tail for tail, _ in edges], [head for _, head in edges], most=100)
        for loop in found:
            assert len(set(loop)) == len(loop)
            assert all(pair in edges for pair in zip(loop, loop[1:] + loop[:1], strict=True))
        left = set(range(count))
        while free := {node for node in left if not any(head == node and tail in left for tail, head in edges)}:
            left -= free  # what nothing leads to lies on no loop
        assert bool(found) == bool(left)


class TestSummaries:
    WBS = (Wbs(code="1"), Wbs(code="1.1", parent="1"), Wbs(code="2"))

    def summary(self, name: str = "S", code: str = "1") -> Activity:
        return task(name, type=ActivityType.SUMMARY, wbs=code)

    def test_lying_in_a_summary_is_no_loop(self) -> None:
        tasks = [self.summary(), task("a", wbs="1.1"), task("b", wbs="1"), task("x", wbs="2")]
        plan(*tasks, links=["a FS x", "x FS b"], wbs=self.WBS)
        plan(*tasks, links=["S FS x"], wbs=self.WBS)
        plan(*tasks, links=["x FS S", "a FS b"], wbs=self.WBS)

    @pytest.mark.parametrize(
        ("links", "path"),
        [
            (["S FS x", "x FS a"], "S -> x -> a -> S"),
            (["a FS S"], "S -> a -> S"),
            (["S SS a"], "S -> a -> S"),
            (["a FS x", "x FS S"], "S -> a -> x -> S"),
        ],
    )
    def test_what_waits_for_itself_through_a_summary_is_one(self, links: list[str], path: str) -> None:
        tasks = [self.summary(), task("a", wbs="1.1"), task("b", wbs="1"), task("x", wbs="2")]
        (found,) = problems(*tasks, links=links, wbs=self.WBS)
        assert f"loop: {path}." in found

    def test_summaries_may_precede_each_other(self) -> None:
        tasks = [self.summary(), self.summary("T", "2"), task("a", wbs="1.1"), task("x", wbs="2")]
        plan(*tasks, links=["S FS T"], wbs=self.WBS)
        assert "S" in problems(*tasks, links=["S FS T", "T FS S"], wbs=self.WBS)[0]

    def test_an_empty_summary_passes_on_what_it_waits_for(self) -> None:
        (found,) = problems(self.summary(), task("x"), links=["S FS x", "x FS S"])
        assert "loop: S -> x -> S" in found


class TestReferences:
    def test_duplicates(self) -> None:
        found = problems(
            task("A"),
            task("A"),
            wbs=(Wbs(code="1"), Wbs(code="1")),
            risks=(Risk(id="R"), Risk(id="R")),
            projects=(Project(id="P"), Project(id="P")),
        )
        assert found == [
            "project 'P': is there 2 times; every project needs an id of its own.",
            "wbs '1': is there 2 times; every wbs needs an id of its own.",
            "risk 'R': is there 2 times; every risk needs an id of its own.",
            "activity 'A': is there 2 times in project 'P'; every activity needs an id of its own.",
        ]

    @pytest.mark.parametrize(
        ("values", "parts", "message"),
        [
            ({"calendar": "d"}, {}, "activity 'A': there is no calendar 'd'. Known are 'c'."),
            ({"project": "Q"}, {}, "activity 'A': there is no project 'Q'. Known are 'P'."),
            (
                {"assignments": (Assignment(resource="crew"),)},
                {"resources": {"crews": Resource(id="crews")}},
                "activity 'A': there is no resource 'crew'. Did you mean 'crews'?",
            ),
            ({}, {"links": ["A FS AB"]}, "activity 'A' relationship: there is no activity 'AB'. Did you mean 'A'?"),
            ({}, {"focus": (Ref("P", "B"),)}, "plan focus: there is no activity 'B'. Known are 'A'."),
            ({}, {"calendars": {}}, "plan: has activities but no calendar. Give it at least one."),
            ({}, {"projects": (Project(id="P", calendar="d"),)}, "project 'P': there is no calendar 'd'. Known are 'c'."),
            ({}, {"resources": {"r": Resource(id="r", calendar="d")}}, "resource 'r': there is no calendar 'd'. Known are 'c'."),
            ({}, {"wbs": (Wbs(code="1.1", parent="1"),)}, "wbs '1.1': there is no parent '1'. Known are '1.1'."),
            ({}, {"wbs": (Wbs(code="1", project="Q"),)}, "wbs '1': there is no project 'Q'. Known are 'P'."),
        ],
    )
    def test_what_is_named_must_exist(self, values: dict[str, Any], parts: dict[str, Any], message: str) -> None:
        assert problems(task("A", **values), **parts) == [message]


class TestValues:
    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"duration": -1}, "activity 'A' duration: -1 minutes: the duration is negative."),
            ({"remaining": -9}, "activity 'A' remaining: -9 minutes: the duration is negative."),
            ({"duration": 10**9}, "activity 'A' duration: 1000000000 minutes: the duration is longer than 500 years."),
            (
                {"deadline": datetime(1899, 12, 30)},
                "activity 'A' deadline: 1899-12-30 is out of range; dates run from 1900 to 2500.",
            ),
            ({"constraints": (Constraint(ConstraintType.START_ON),)}, "activity 'A' constraint: start_on needs a date."),
            (
                {"constraints": (Constraint(ConstraintType.START_ON, datetime(1, 1, 1)),)},
                "activity 'A' constraint: 0001-01-01 is out of range",
            ),
            (
                {"actual_start": datetime(2026, 3, 5), "actual_finish": datetime(2026, 3, 4)},
                "activity 'A' actual_finish: 2026-03-04 00:00:00 is before the actual start 2026-03-05 00:00:00.",
            ),
            ({"segments": (Segment(0, 100), Segment(50, 100))}, "activity 'A' segments: they overlap"),
            ({"cost": Cost(fixed=Amount(value=float("nan")))}, "activity 'A' cost fixed: is not a finite amount of money."),
            ({"cost": Cost(actual=float("inf"))}, "activity 'A' cost actual: is not a finite amount of money."),
        ],
    )
    def test_activities(self, values: dict[str, Any], message: str) -> None:
        (found,) = problems(task("A", **values))
        assert found.startswith(message)

    def test_a_lag_may_be_too_long(self) -> None:
        far = Relationship(Ref("P", "A"), Ref("P", "B"), LinkType.FS, 10**10)
        assert problems(task("A"), task("B"), relationships=(far,)) == [
            "activity 'B' relationship: its lag is longer than 500 years."
        ]

    @pytest.mark.parametrize(
        ("calendar", "message"),
        [
            (Calendar(name="c", week=((),) * 7), "calendar 'c': never works, yet activity 'A' has work on it."),
            (
                Calendar(name="c", week=(((600, 500),),) * 7),
                "calendar 'c' Monday: the shift from minute 600 to 500 is not possible.",
            ),
            (
                Calendar(name="c", week=(((480, 720), (700, 800)),) * 7),
                "calendar 'c' Monday: its shifts overlap or are not in order.",
            ),
            (
                Calendar(name="c", week=(((600, 700),),) * 6 + (((1320, 2100),),)),
                "calendar 'c' Sunday: its last shift runs into the first one of Monday.",
            ),
            (
                Calendar(name="c", week=(((0, 60),),) * 7, hours_per_day=0.0),
                "calendar 'c' hours_per_day: 0 hours are not possible.",
            ),
        ],
    )
    def test_calendars(self, calendar: Calendar, message: str) -> None:
        assert problems(task("A"), calendars={"c": calendar})[0].startswith(message)

    def test_a_calendar_that_never_works_may_lie_idle(self) -> None:
        calendars = {"c": always("c"), "idle": Calendar(name="idle", week=((),) * 7)}
        plan(task("A"), task("M", calendar="idle", type=ActivityType.FINISH_MILESTONE), calendars=calendars)
        plan(task("E", calendar="idle", elapsed=True), calendars=calendars)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"logic": "broken"}, "scheduling logic: there is no 'broken'. Write one of: retained, override, actual dates."),
            (
                {"critical": "float < 0"},
                "scheduling critical: 'float < 0' is not understood. Write 'longest path' or 'float <= 8h'.",
            ),
            ({"minutes_per_day": 0}, "scheduling minutes_per_day: 0 is not positive."),
        ],
    )
    def test_scheduling_options(self, options: dict[str, Any], message: str) -> None:
        assert problems(task("A"), scheduling=SchedulingOptions(**options)) == [message]


class TestRisks:
    HIT = Impact(activity="A", duration=Uniform(0.0, 9.0, relative=False))

    @pytest.mark.parametrize(
        ("parts", "message"),
        [
            ({"risks": (Risk(id="R", probability=1.5),)}, "risk 'R' probability: 1.5 is not between 0 and 1."),
            ({"risks": (Risk(id="R", mitigation=Mitigation(probability=-0.1)),)}, "risk 'R' mitigation probability: -0.1 is not"),
            (
                {"risks": (Risk(id="R", combine="worst"),)},
                "risk 'R' combine: there is no 'worst'. Write one of: series, parallel.",
            ),
            ({"risks": (Risk(id="R", impacts=(Impact(activity="A"),)),)}, "risk 'R': its impact on 'A' is empty."),
            (
                {"risks": (Risk(id="R", impacts=(Impact(activity="a", duration=HIT.duration),)),)},
                "risk 'R': there is no activity 'a'. Did you mean 'A'?",
            ),
            (
                {"factors": (Factor(id="F", uncertainty=Uniform(1.0, 2.0, relative=False)),)},
                "factor 'F' uncertainty: a factor multiplies",
            ),
            (
                {"factors": (Factor(id="F", uncertainty=Uniform(1.0, 2.0, relative=True), applies_to=("B",)),)},
                "factor 'F': there is no activity 'B'.",
            ),
            (
                {"correlations": (Correlation(between=("duration of A", "rate of A"), rank=2.0),)},
                "correlation '1' rank: 2 is not between",
            ),
            (
                {"correlations": (Correlation(between=("duration of A",), rank=0.5),)},
                "correlation '1' between: it needs at least two variables",
            ),
            (
                {"correlations": (Correlation(between=("duration of A", "mood of A"), rank=0.5),)},
                "correlation '1' between: 'mood of A' names no variable.",
            ),
            (
                {"correlations": (Correlation(between=("duration of A", "magnitude of R"), rank=0.5),)},
                "correlation '1' between: there is no risk 'R'.",
            ),
        ],
    )
    def test_refused(self, parts: dict[str, Any], message: str) -> None:
        (found,) = problems(task("A"), **parts)
        assert found.startswith(message)


def test_all_problems_come_together_with_their_lines() -> None:
    found = problems(
        task("A", duration=-1),
        task("B", calendar="d"),
        links=["A FS Z"],
        source="plan.yaml",
        lines={"activity A": 7, "activity B": 9},
    )
    assert found == [
        "plan.yaml:9 activity 'B': there is no calendar 'd'. Known are 'c'.",
        "plan.yaml:7 activity 'A' relationship: there is no activity 'Z'. Known are 'A', 'B'.",
        "plan.yaml:7 activity 'A' duration: -1 minutes: the duration is negative.",
    ]


def test_a_changed_copy_is_checked_too() -> None:
    sound = plan(task("A"), task("B"), links=["A FS B"])
    with pytest.raises(PlanError, match="loop: A -> B -> A"):
        sound.with_changes(relationships=(*sound.relationships, link("B FS A")))
    with pytest.raises(PlanError, match="negative"):
        sound.with_activity("A", duration=-5)
