"""The reader of the native format: what each key means."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest

from simcore.models.costs import Amount, Assignment, Expense, RatePeriod
from simcore.models.formats.native import read_native
from simcore.models.formats.native_tree import Rows, Table, parse_tree
from simcore.models.plan import ActivityType, Constraint, ConstraintType, LagCalendar, LinkType, Ref, Segment, Status
from tests.native_documents import activity_of, plan_of, problems_of
from tests.plan_equality import differences

CALENDARS = """\
calendars:
  five: {week: {mon-fri: [08:00-12:00, 13:00-17:00]}}
  ten: {week: {mon-thu: [07:00-17:00]}}
  clock: {week: {mon-sun: [00:00-24:00]}}
"""


class TestText:
    def test_every_scalar_stays_the_text_it_is(self) -> None:
        plan = plan_of(
            "activities:\n  010: {name: NO, duration: 1d, codes: {v: 1.10, t: 22:30, on: yes, d: 2026-01-02}}"
        )
        activity = plan.activities[0]
        assert (activity.id, activity.name) == ("010", "NO")
        assert activity.codes == {"v": "1.10", "t": "22:30", "on": "yes", "d": "2026-01-02"}

    def test_anchors_aliases_and_merge_keys_work(self) -> None:
        plan = plan_of(
            "activities:\n  A: &base {name: One, duration: 3d}\n  B: {<<: *base, name: Two}\n"
            "  C: {<<: [{duration: 9d, wbs: W}, *base]}\n"
        )
        assert [(a.name, a.duration, a.wbs) for a in plan.activities] == [
            ("One", 1440, None),
            ("Two", 1440, None),
            ("One", 4320, "W"),
        ]

    def test_a_quoted_merge_key_is_a_key_like_any_other(self) -> None:
        assert parse_tree('{"<<": "x", "~": "y"}', "plan.yaml") == {"<<": "x", "~": "y"}
        assert parse_tree('{"<<": "x"}', "plan.json") == {"<<": "x"}

    @pytest.mark.parametrize("empty", ["", "~", "''", '""'])
    def test_a_key_without_a_value_counts_as_not_given(self, empty: str) -> None:
        activity = activity_of(
            f"\n    duration: 1d\n    calendar: {empty}\n    cost: {empty}\n    after: {empty}\n    name: {empty}"
        )
        assert (activity.calendar, activity.cost, activity.name) == (None, None, "")

    def test_empty_sections_are_no_sections(self) -> None:
        plan = plan_of(
            "activities:\n  A: {duration: 1d}\nrisks:\nfactors: {}\ncorrelations: []\nuncertainty:\nwbs: ~\n"
        )
        assert (plan.risks, plan.factors, plan.correlations, plan.wbs) == ((), (), (), ())

    def test_json_is_read_like_yaml(self) -> None:
        text = '{"project": {"start": "2026-03-02"}, "activities": {\n "A \\u00e4": {"duration": "1d", "name": null},\n'
        text += ' "B": {"duration": "2d",\n "after": ["A \\u00e4 SS+1d"], "cost": {"fixed": 1.50}, "manual": true}}}'
        plan = read_native(text.encode(), "plan.json")
        assert plan.activities[0].id == "A ä"
        assert plan.activities[1].cost.fixed == Amount(value=1.5)
        assert plan.activities[1].manual
        assert plan.relationships[0].lag == 480
        assert plan.lines["activity A ä"] == 2
        assert plan.lines["activity B"] == 3

    def test_utf16_and_byte_order_marks_are_understood(self) -> None:
        text = "project: {name: Brücke, start: 2026-03-02}\n"
        for encoding in ("utf-16", "utf-8-sig", "utf-8"):
            assert read_native(text.encode(encoding), "plan.yaml").name == "Brücke"

    def test_lines_are_kept_for_messages(self) -> None:
        plan = plan_of(
            CALENDARS + "activities:\n  A: {duration: 1d}\n  B:\n    duration: 1d\nrisks:\n  R: {probability: 10%}\n"
        )
        assert plan.lines["activity A"] == 7
        assert plan.lines["activity B"] == 8
        assert plan.lines["calendar ten"] == 4
        assert plan.lines["risk R"] == 11
        assert plan.source == "plan.yaml"


class TestDurations:
    @pytest.mark.parametrize(
        ("calendar", "text", "minutes"),
        [
            ("five", "3d", 1440),
            ("ten", "3d", 1800),
            ("clock", "3d", 4320),
            ("five", "2w", 4800),
            ("ten", "2w", 4800),
            ("clock", "1w", 10080),
            ("five", "1mo", 9600),
            ("clock", "1mo", 43200),
            ("ten", "90m", 90),
            ("ten", "0.5d", 300),
        ],
    )
    def test_a_day_is_one_of_the_calendar_the_value_runs_on(self, calendar: str, text: str, minutes: int) -> None:
        activity = activity_of(f"{{duration: {text}, remaining: {text}, calendar: {calendar}}}", CALENDARS)
        assert (activity.duration, activity.remaining, activity.elapsed) == (minutes, minutes, False)

    def test_ranges_run_on_the_same_calendar(self) -> None:
        activity = activity_of('{duration: 3d, uncertainty: "uniform(2d, 4d)", calendar: ten}', CALENDARS)
        assert activity.uncertainty.bounds == (1200.0, 2400.0)

    def test_the_project_calendar_is_the_default(self) -> None:
        plan = plan_of(f"project: {{start: 2026-03-02, calendar: ten}}\n{CALENDARS}activities: {{A: {{duration: 1d}}}}")
        assert plan.activities[0].duration == 600
        assert plan.activities[0].calendar is None

    def test_elapsed_durations(self) -> None:
        activity = activity_of(
            '{duration: 3ed, remaining: 2ed, uncertainty: "uniform(1ed, 4ed)", calendar: ten}', CALENDARS
        )
        assert (activity.duration, activity.remaining, activity.elapsed) == (4320, 2880, True)
        assert activity.uncertainty.bounds == (1440.0, 5760.0)

    def test_delays_and_segments(self) -> None:
        activity = activity_of(
            "{duration: 5d, levelling_delay: 2ed, segments: [{offset: 0, work: 2d}, {offset: 4d, work: 3d}]}"
        )
        assert (activity.levelling_delay, activity.levelling_delay_elapsed) == (2880, True)
        assert activity.segments == (Segment(0, 960), Segment(1920, 1440))


class TestDates:
    def test_a_date_alone_begins_starts_and_ends_finishes(self) -> None:
        plan = plan_of(
            "project: {start: 2026-03-02, data_date: 2026-03-16, must_finish_by: 2026-12-18, finish: 2026-12-01}\n"
            "activities:\n"
            "  A: {duration: 3d, actual_start: 2026-03-02, actual_finish: 2026-03-04, deadline: 2026-03-06}\n"
            "  B: {duration: 3d, early: 2026-03-20, late: 2026-03-31, expected_finish: 2026-04-01, resume: 2026-03-18,\n"
            "      suspend: 2026-03-17T12:00, actual_start: 2026-03-10 08:00}\n"
        )
        project, (a, b) = plan.projects[0], plan.activities
        assert (project.start, project.data_date) == (datetime(2026, 3, 2), datetime(2026, 3, 16))
        assert (project.must_finish_by, project.finish) == (datetime(2026, 12, 19), datetime(2026, 12, 2))
        assert (a.actual_start, a.actual_finish) == (datetime(2026, 3, 2), datetime(2026, 3, 5))
        assert (a.deadline, a.status) == (datetime(2026, 3, 7), Status.COMPLETED)
        assert (b.external_early_start, b.external_late_finish) == (datetime(2026, 3, 20), datetime(2026, 4, 1))
        assert (b.suspend, b.resume) == (datetime(2026, 3, 17, 12), datetime(2026, 3, 18))
        assert (b.expected_finish, b.status) == (datetime(2026, 4, 2), Status.IN_PROGRESS)

    @pytest.mark.parametrize("kind", [kind for kind in ConstraintType if kind != "as_late_as_possible"])
    def test_constraints(self, kind: ConstraintType) -> None:
        moment = datetime(2026, 12, 19) if "finish" in kind else datetime(2026, 12, 18)
        assert activity_of(f"{{duration: 1d, constraint: {{{kind}: 2026-12-18}}}}").constraints == (
            Constraint(kind, moment),
        )

    def test_several_constraints(self) -> None:
        text = "{duration: 1d, constraint: {start_no_earlier_than: 2026-04-01, finish_no_later_than: 2026-05-01T12:00}}"
        assert [c.date for c in activity_of(text).constraints] == [datetime(2026, 4, 1), datetime(2026, 5, 1, 12)]
        twice = "{duration: 1d, constraint: [{start_on: 2026-04-01}, {start_on: 2026-04-02}]}"
        assert [c.date for c in activity_of(twice).constraints] == [datetime(2026, 4, 1), datetime(2026, 4, 2)]

    @pytest.mark.parametrize("text", ["as_late_as_possible", "{as_late_as_possible: }", "{as_late_as_possible: true}"])
    def test_as_late_as_possible_needs_no_date(self, text: str) -> None:
        activity = activity_of(f"{{duration: 1d, constraint: {text}}}")
        assert activity.constraints == (Constraint(ConstraintType.AS_LATE_AS_POSSIBLE),)


class TestCalendars:
    def test_week_holidays_and_exceptions(self) -> None:
        calendar = plan_of(
            "calendars:\n  c:\n    week: {mon-fri: [13:00-17:00, 08:00-12:00], Sat: 09:00-12:00}\n"
            "    holidays: [2026-04-03, 2026-12-24..2026-12-26]\n    exceptions: {2026-12-25: [10:00-11:00]}\n"
        ).calendars["c"]
        assert calendar.week == (((480, 720), (780, 1020)),) * 5 + (((540, 720),), ())
        assert calendar.exceptions == {
            date(2026, 4, 3): (),
            date(2026, 12, 24): (),
            date(2026, 12, 25): ((600, 660),),
            date(2026, 12, 26): (),
        }

    @pytest.mark.parametrize(
        ("week", "hours"),
        [
            ("{mon-fri: [08:00-12:00, 13:00-17:00]}", (8.0, 40.0, 160.0)),
            ("{mon-sun: [00:00-24:00]}", (24.0, 168.0, 720.0)),
            ("{mon-thu: [08:00-18:00], fri: [08:00-12:00]}", (10.0, 44.0, 176.0)),
            ("{mon: [08:00-12:00], tue: [08:00-18:00]}", (10.0, 14.0, 56.0)),
            ("{sun-tue: [22:00-06:00]}", (8.0, 24.0, 96.0)),
        ],
    )
    def test_default_hours(self, week: str, hours: tuple[float, ...]) -> None:
        calendar = plan_of(f"calendars: {{c: {{week: {week}}}}}").calendars["c"]
        assert (calendar.hours_per_day, calendar.hours_per_week, calendar.hours_per_month) == hours

    def test_hours_may_be_given(self) -> None:
        text = "calendars: {c: {week: {mon-fri: [08:00-16:00]}, hours_per_day: 7.5, hours_per_week: 37.5, hours_per_month: 150}}"
        calendar = plan_of(text).calendars["c"]
        assert (calendar.hours_per_day, calendar.hours_per_week, calendar.hours_per_month) == (7.5, 37.5, 150.0)

    def test_nights_belong_to_the_day_they_begin_on(self) -> None:
        week = (
            plan_of('calendars: {c: {week: {fri-mon: [22:00-06:00], "tue, wed": [06:00-06:00]}}}').calendars["c"].week
        )
        assert week == (((1320, 1800),), ((360, 1800),), ((360, 1800),), (), *(((1320, 1800),),) * 3)

    def test_without_calendars_there_is_a_standard_one_and_a_note(self) -> None:
        plan = plan_of("activities: {A: {duration: 1d}}")
        assert list(plan.calendars) == ["standard"]
        assert any("no calendars are given" in note.what for note in plan.notes)


class TestRelationships:
    PLAN = (
        CALENDARS
        + "activities:\n  A: {duration: 5d}\n  B C: {duration: 5d, calendar: ten}\n  Pump FS: {duration: 5d}\n"
    )

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("A", ("A", "FS", 0, False, None, None)),
            ("B C", ("B C", "FS", 0, False, None, None)),
            ("Pump FS", ("Pump FS", "FS", 0, False, None, None)),
            ("Pump FS SS", ("Pump FS", "SS", 0, False, None, None)),
            ("A SS+3d", ("A", "SS", 1440, False, None, None)),
            ("A ss + 3d", ("A", "SS", 1440, False, None, None)),
            ("B C FF-2d", ("B C", "FF", -1200, False, None, None)),
            ("A SF+4h", ("A", "SF", 240, False, None, None)),
            ("A FS+50%", ("A", "FS", 0, False, 0.5, None)),
            ("A FS-12.5%", ("A", "FS", 0, False, -0.125, None)),
            ("A FS+50e%", ("A", "FS", 0, True, 0.5, None)),
            ("A SS+2ed", ("A", "SS", 2880, True, None, None)),
            ("{activity: B C, type: FF, lag: 5d}", ("B C", "FF", 3000, False, None, None)),
            ("{activity: A}", ("A", "FS", 0, False, None, None)),
            ("{activity: A, lag: -1d, lag_calendar: successor}", ("A", "FS", -600, False, None, LagCalendar.SUCCESSOR)),
            ("{activity: B C, lag: 1d, lag_calendar: project}", ("B C", "FS", 480, False, None, LagCalendar.PROJECT)),
            ("{activity: A, lag: 1d, lag_calendar: 24h}", ("A", "FS", 1440, False, None, LagCalendar.ALWAYS)),
        ],
    )
    def test_forms(self, text: str, expected: tuple[object, ...]) -> None:
        plan = plan_of(self.PLAN + f"  Z: {{duration: 1d, calendar: ten, after: [{text}]}}\n")
        (link,) = plan.relationships
        assert link.successor == Ref("P1", "Z")
        found = (link.predecessor.id, link.type, link.lag, link.elapsed, link.percent, link.lag_calendar)
        assert found == (expected[0], LinkType(str(expected[1])), *expected[2:])

    def test_one_predecessor_needs_no_brackets(self) -> None:
        plan = plan_of(self.PLAN + "  Z: {duration: 1d, after: B C FF+1d}\n")
        assert plan.relationships[0].predecessor.id == "B C"

    def test_lag_days_follow_the_plans_lag_calendar(self) -> None:
        options = "scheduling: {lag_calendar: 24h}\n"
        plan = plan_of(options + self.PLAN + "  Z: {duration: 1d, after: [A FS+1d]}\n")
        assert plan.relationships[0].lag == 1440


class TestProjects:
    SEVERAL = """\
projects:
  N: {name: North, start: 2026-03-02}
  S: {start: 2026-04-01, scheduling: {logic: override}}
name: Both
scheduling: {float: smallest}
"""

    def test_ids_within_several_projects(self) -> None:
        plan = plan_of(
            self.SEVERAL
            + "activities:\n  N:A: {duration: 1d}\n  S:A: {duration: 1d}\n  B: {project: S, duration: 1d, after: [A, N:A]}\n"
        )
        assert [a.ref for a in plan.activities] == [("N", "A"), ("S", "A"), ("S", "B")]
        assert [link.predecessor for link in plan.relationships] == [("S", "A"), ("N", "A")]
        assert plan.name == "Both"
        assert plan.options("S").logic == "override"
        assert plan.options("S").float == "smallest"
        assert plan.options("N").logic == "retained"

    def test_an_ambiguous_id_must_be_qualified(self) -> None:
        problems = problems_of(self.SEVERAL + "activities: {N:A: {duration: 1d}, S:A: {duration: 1d}}\nfocus: [A]\n")
        assert problems == ["plan.yaml:7 focus: 'A' is in several projects; write 'N:A' or 'S:A'."]

    def test_the_one_project(self) -> None:
        plan = plan_of(
            "project: {id: X1, name: Pump, start: 2026-03-02, currency: EUR, focus: [M]}\nactivities: {M: {type: milestone}}"
        )
        assert (plan.name, plan.currency, plan.focus) == ("Pump", "EUR", (Ref("X1", "M"),))
        assert plan.activities[0].type is ActivityType.FINISH_MILESTONE


class TestCosts:
    def test_costs(self) -> None:
        cost = activity_of(
            '{duration: 1d, cost: {fixed: 1.5e3, per_day: {value: 200, uncertainty: "uniform(5%, 25%)"}, actual: 7}}'
        ).cost
        assert cost.fixed == Amount(value=1500.0)
        assert (cost.per_day.value, cost.per_day.uncertainty.relative, cost.actual) == (200.0, True, 7.0)
        assert activity_of("{duration: 1d, cost: 900}").cost.fixed == Amount(value=900.0)

    def test_resources_assignments_and_expenses(self) -> None:
        more = """\
calendars: {c: {week: {mon-fri: [08:00-16:00]}}}
resources:
  crew: {name: Crew, price: 80, calendar: c, uncertainty: "uniform(95%, 110%)"}
  crane: {kind: equipment, max_units: 200%, rates: [{price: 5}, {start: 2027-01-01, price: 6, per_use: 10, overtime_price: 9}]}
"""
        text = """{duration: 2d, resources: [crew, {resource: crane, units: 50%, work: 1d, delay: 2h, drives: no}],
      expenses: [{name: Visa, remaining_cost: 40, accrual: end}]}"""
        plan = plan_of(f"{more}activities:\n  A: {text}\n")
        (activity,) = plan.activities
        priced = {"budgeted_cost": None, "actual_cost": None, "remaining_cost": None}
        assert activity.assignments == (
            Assignment(resource="crew", **priced),
            Assignment(resource="crane", units=0.5, work=480.0, delay=120, drives=False, **priced),
        )
        assert activity.expenses == (Expense(name="Visa", remaining_cost=40.0, accrual="end"),)
        assert plan.resources["crew"].rates == (RatePeriod(start=None, price=80.0),)
        assert plan.resources["crane"].max_units == 2.0
        assert plan.resources["crane"].rates[1] == RatePeriod(
            start=datetime(2027, 1, 1), price=6.0, per_use=10.0, overtime_price=9.0
        )


class TestRisks:
    PLAN = (
        CALENDARS + "activities:\n  A: {duration: 5d, calendar: ten, codes: {T: x}}\n  B: {duration: 2ed, after: [A]}\n"
    )

    def test_impacts_run_on_the_calendar_of_what_they_hit(self) -> None:
        plan = plan_of(
            self.PLAN
            + 'risks:\n  R: {probability: 30%, shared: yes, combine: parallel,'
            ' impacts: [{activity: A, duration: "uniform(1d, 2d)"},'
            ' {activity: B, duration: "uniform(1ed, 2ed)", cost: 50%}, {activity: [A, B], cost: 10}],'
            " mitigation: {name: M, cost: 5, probability: 0.1, impacts: []}}\n"
        )
        (risk,) = plan.risks
        assert (risk.probability, risk.shared, risk.combine) == (0.3, True, "parallel")
        assert [impact.activity for impact in risk.impacts] == ["A", "B", "A", "B"]
        assert risk.impacts[0].duration.bounds == (600.0, 1200.0)
        assert risk.impacts[1].duration.bounds == (1440.0, 2880.0)
        assert (risk.impacts[1].cost.relative, risk.impacts[1].cost.mean) == (True, 0.5)
        assert (risk.mitigation.cost, risk.mitigation.probability, risk.mitigation.impacts) == (5.0, 0.1, ())

    def test_factors_apply_to_ids_or_to_what_a_filter_selects(self) -> None:
        plan = plan_of(
            self.PLAN + 'factors:\n  F: {uncertainty: "uniform(90%, 120%)", applies_to: [A, P1:B]}\n'
            '  G: {uncertainty: "uniform(90%, 120%)", applies_to: {code: {T: x}}, probability: 0.5}\n'
        )
        assert [factor.applies_to for factor in plan.factors] == [("A", "B"), ("A",)]

    def test_correlations_name_variables_by_the_ids_users_see(self) -> None:
        plan = plan_of(
            self.PLAN + "risks: {R 1: {impacts: [{activity: A, cost: 1}]}}\n"
            "correlations: [{between: [duration of P1:A, cost of B, magnitude of R 1], rank: -.25}]\n"
        )
        assert plan.correlations[0].between == ("duration of A", "cost of B", "magnitude of R 1")
        assert plan.correlations[0].rank == -0.25


def test_unknown_words_and_all_problems_are_told_at_once_in_the_order_of_lines() -> None:
    problems = problems_of(
        "project: {start: 2026-03-02, calender: five}\n"
        "activities:\n"
        "  A: {duraton: 5d}\n"
        "  B: {duration: 5d, after: [a, C], type: hamock}\n"
        "  C: {duration: 5d, after: [B]}\n"
        "wsb: {}\n"
    )
    assert problems == [
        "plan.yaml:1 project: the key 'calender' is not known. Did you mean 'calendar'?",
        "plan.yaml:3 activity 'A': the key 'duraton' is not known. Did you mean 'duration'?",
        "plan.yaml:4 activity 'B' type: there is no 'hamock'. Did you mean 'hammock'?",
        "plan.yaml:4 activity 'B' after: there is no activity 'a'. Did you mean 'A'?",
        "plan.yaml:4 activity 'B': lies on a loop: B -> C -> B. Remove one of these relationships.",
        "plan.yaml:6: the key 'wsb' is not known. Did you mean 'wbs'?",
    ]


def test_json_broken_into_lines_anywhere_keeps_its_values_and_lines() -> None:
    table = parse_tree('{"a"\n:\n"b", "c\\"" : [1,\n"\\u00e4", {\n}\n], "d": null,\n"": "," }', "plan.json")
    assert table == {"a": "b", 'c"': ["1", "ä", {}], "d": "", "": ","}
    assert isinstance(table, Table)
    assert isinstance(table['c"'], Rows)
    assert [table.line_of(key) for key in table] == [1, 3, 6, 7]
    assert [table['c"'].line_of(item) for item in range(3)] == [3, 4, 4]


def test_json_and_yaml_of_the_same_tree_are_the_same_plan() -> None:
    text = (
        "project: {start: 2026-03-02}\nactivities:\n  A: {duration: 5d}\n  B: {duration: 1d, after: [A SS+50%], cost: 12.50}\n"
        'risks:\n  R: {probability: 10%, impacts: [{activity: A, cost: "uniform(1, 2)"}]}\n'
    )
    tree = parse_tree(text, "plan.yaml")
    assert differences(plan_of(text), read_native(json.dumps(tree).encode(), "plan.json")) == []
