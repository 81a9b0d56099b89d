"""The reader of the native format: what the parts of the wider risk model mean."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from simcore.models.branches import Branch, ConditionalBranch
from simcore.models.branches import Path as Way
from simcore.models.distributions import Empirical, Fixed, Triangular, Uniform
from simcore.models.errors import PlanError
from simcore.models.formats.native import merge_risks, read_native
from simcore.models.formats.native_write import to_document, to_yaml
from simcore.models.plan import Plan
from simcore.models.risks import Action, Mitigation, Risk
from tests.native_documents import activity_of, plan_of, problems_of

DAY = 480
BASE = """\
activities:
  A: {duration: 10d}
  B: {duration: 10d, after: [{activity: A, lag: 2d}, A SS]}
  C: {duration: 5ed, after: [B FF+50%]}
"""


def risk_of(text: str, more: str = "") -> Risk:
    return plan_of(f"{BASE}risks:\n  R0: {{}}\n  R1: {text}\n{more}").risks[1]


class TestActivities:
    def test_existence(self) -> None:
        assert activity_of("{duration: 1d, existence: 70%}").existence == 0.7
        assert activity_of("{duration: 1d}").existence == 1.0

    def test_relationships(self) -> None:
        after = '[{activity: A, lag: 1ed, uncertainty: "uniform(1ed, 3ed)", probability: 60%}]'
        (link,) = plan_of(f"activities: {{A: {{duration: 1d}}, B: {{duration: 1d, after: {after}}}}}").relationships
        assert (link.uncertainty, link.probability) == (Uniform(1440.0, 4320.0), 0.6)

    def test_quantities_and_productivity(self) -> None:
        text = 'resources: {r: {uncertainty: "uniform(90%, 110%)", productivity: "uniform(80%, 100%)"}}\n'
        activity = activity_of('{duration: 1d, resources: [{resource: r, quantity: 9, uncertainty: "uniform(95%, 130%)"}]}', text)
        assert activity.assignments[0].uncertainty == Uniform(0.95, 1.3, relative=True)
        resource = plan_of(text + "activities: {}").resources["r"]
        assert (resource.uncertainty, resource.productivity) == (
            Uniform(0.9, 1.1, relative=True),
            Uniform(0.8, 1.0, relative=True),
        )


class TestRisks:
    def test_every_field(self) -> None:
        risk = risk_of(
            """
    description: More
    category: Ground
    owner: Site
    status: closed
    probability: "triangular(20%, 30%, 50%)"
    impacts: [{activity: {id: "/[AB]/"}, cost: 5}, {activity: C, duration: 1ed}, {link: A -> B SS, lag: -1d}]
    impact_rank: 0.5
    given: {R0: 80%}
    window: 2026-05-01..2026-09-30
    strikes: 50%
    occurrence: every 60d
    mitigation: {name: Drain, cost: 9, date: 2026-04-01, owner: Me, probability: "uniform(1%, 2%)", impacts: []}"""
        )
        assert (risk.description, risk.category, risk.owner, risk.status) == ("More", "Ground", "Site", "closed")
        assert risk.probability == Triangular(0.2, 0.3, 0.5, relative=True)
        assert [(i.activity, i.link) for i in risk.impacts] == [("A", ""), ("B", ""), ("C", ""), ("", "A -> B SS")]
        assert (risk.impacts[2].duration, risk.impacts[3].lag) == (Fixed(1440.0), Fixed(-480.0))
        assert (risk.impact_rank, risk.given, risk.strikes) == (0.5, {"R0": 0.8}, Fixed(0.5, relative=True))
        assert risk.window == (datetime(2026, 5, 1), datetime(2026, 10, 1))
        assert (risk.occurrence, risk.every) == ("recurring", 60 * DAY)
        action = Action(name="Drain", cost=9.0, date=datetime(2026, 4, 1), owner="Me")
        assert risk.mitigation == Mitigation(actions=(action,), probability=Uniform(0.01, 0.02, relative=True), impacts=())

    @pytest.mark.parametrize(
        ("text", "window"),
        [
            ("2026-05-01", (datetime(2026, 5, 1), datetime(2026, 5, 2))),
            ("2026-05-01T08:00..2026-05-01T12:00", (datetime(2026, 5, 1, 8), datetime(2026, 5, 1, 12))),
        ],
    )
    def test_windows(self, text: str, window: tuple[datetime, datetime]) -> None:
        assert risk_of(f"{{window: {text}}}").window == window

    def test_a_word_for_where_it_strikes_is_answered_with_the_words_there_are(self) -> None:
        (found,) = problems_of(BASE + "risks: {R: {strikes: middle}}")
        assert "'middle' is not understood; write start, end, a share such as 50%" in found

    def test_filters_take_activities_with_work_left(self) -> None:
        text = (
            "activities: {A: {duration: 1d}, B: {duration: 1d, actual_start: 2026-03-02, actual_finish: 2026-03-03}, "
            "C: {type: milestone}, D: {type: hammock, after: [A SS]}}\n"
            "risks: {R: {impacts: [{activity: {id: '*'}, cost: 5}, {activity: C, cost: 7}]}}"
        )
        assert [impact.activity for impact in plan_of(text).risks[0].impacts] == ["A", "C"]

    def test_actions(self) -> None:
        risk = risk_of("{mitigation: {actions: [{name: One, cost: 5}, {cost: 7}, {}]}}")
        assert risk.mitigation == Mitigation(actions=(Action(name="One", cost=5.0), Action(cost=7.0), Action()))

    def test_every_counts_days_of_the_project(self) -> None:
        text = "calendars: {c: {week: {mon-fri: [08:00-12:00]}}}\nactivities: {}\nrisks: {R: {occurrence: every 2d}}"
        assert plan_of(text).risks[0].every == 480

    @pytest.mark.parametrize("written", ["A -> B FS", "A->B FS", "P1:A  ->  P1:B fs"])
    def test_relationships_are_found_however_they_are_written(self, written: str) -> None:
        (impact,) = risk_of(f'{{impacts: [{{link: "{written}", lag: 1d}}]}}').impacts
        assert impact.link == "A -> B FS"

    def test_several_relationships_must_be_told_apart(self) -> None:
        text = f"{BASE}risks: {{R: {{impacts: [{{link: A -> B, lag: 1d}}]}}}}"
        assert problems_of(text) == [
            "plan.yaml:6 risk 'R' impacts link: there are 2 relationships 'A -> B'. Write one of 'A -> B FS', 'A -> B SS'."
        ]


class TestScales:
    SCALES = """\
scales:
  probability: {very low: 5%, NO: "uniform(10%, 30%)"}
  duration: {low: "triangular(1d, 3d, 5d)"}
  cost: {low: "uniform(1%, 3%)"}
"""

    def test_words_stand_for_values_and_are_kept(self) -> None:
        text = "{probability: Very Low, impacts: [{activity: [A, B], duration: low, cost: LOW}], mitigation: {probability: no}}"
        risk = risk_of(text, self.SCALES)
        assert (risk.probability, risk.mitigation.probability) == (0.05, Uniform(0.1, 0.3, relative=True))
        assert risk.impacts[1].duration == Triangular(DAY, 3 * DAY, 5 * DAY)
        assert risk.words == {
            "probability": "very low",
            "impact 1 duration": "low",
            "impact 1 cost": "low",
            "impact 2 duration": "low",
            "impact 2 cost": "low",
            "mitigation probability": "NO",
        }

    def test_words_are_written_while_they_are_true(self) -> None:
        plan = plan_of(f"{BASE}risks: {{R: {{probability: very low, impacts: [{{activity: A, cost: low}}]}}}}\n{self.SCALES}")
        assert to_document(plan)["risks"]["R"] == {"probability": "very low", "impacts": [{"activity": "A", "cost": "low"}]}
        dearer = plan.with_changes(scales={**plan.scales, "probability": {"very low": "8%"}})
        assert to_document(dearer)["risks"]["R"]["probability"] == "5%"

    def test_a_risks_file_may_use_and_extend_the_words_of_the_plan(self) -> None:
        plan = plan_of(BASE + self.SCALES)
        merged = merge_risks(plan, b"scales: {cost: {low: 'uniform(1%, 3%)', high: 9%}}\nrisks: {R: {probability: no}}", "r.yaml")
        assert merged.risks[0].words == {"probability": "NO"}
        assert merged.scales["cost"] == {"low": "uniform(1%, 3%)", "high": "9%"}
        with pytest.raises(PlanError, match=r"^r\.yaml:1 scale 'cost' low: the plan has it already, as uniform\(1%, 3%\); here"):
            merge_risks(plan, b"scales: {cost: {low: 4%}}", "r.yaml")


class TestRules:
    PLAN = """\
templates:
  routine: "triangular(95%, 100%, 110%)"
  novel: {duration: "pert(80%, 100%, 200%)", fixed: "uniform(90%, 130%)"}
resources: {crane 1: {}, crew: {}}
activities:
  A1: {duration: 10d, actual_start: 2026-03-02, percent_complete: 20%, resources: [crew, crane 1], cost: 50}
  A2: {duration: 10d, actual_start: 2026-03-02, remaining: 3d, resources: [crew]}
  B1: {duration: 10d, uncertainty: novel, cost: {fixed: 9, per_day: 5}}
  B2: {duration: 10d, uncertainty: "uniform(5d, 15d)"}
  C1: {duration: 10d}
"""

    @pytest.mark.parametrize(
        ("where", "chosen"),
        [
            ("resource: crane*", ["A1"]),
            ("resource: [crew, x]", ["A1", "A2"]),
            ('percent_complete: "< 20%"', ["C1"]),
            ('percent_complete: "<=20%"', ["A1", "C1"]),
            ('percent_complete: "> 20%"', ["A2"]),
            ('percent_complete: ">= 20 %"', ["A1", "A2"]),
            ("percent_complete: 20%", ["A1"]),
            ("percent_complete: 20%..70%", ["A1", "A2"]),
            (r"id: '/[AC]\d/'", ["A1", "A2", "C1"]),
            ('id: "/[AC]/"', []),
            ('id: ["/A./", C*]', ["A1", "A2", "C1"]),
        ],
    )
    def test_filters(self, where: str, chosen: list[str]) -> None:
        plan = plan_of(f'{self.PLAN}uncertainty: {{where: {{{where}}}, duration: "uniform(9%, 99%)"}}')
        assert [a.id for a in plan.activities if a.uncertainty == Uniform(0.09, 0.99, relative=True)] == chosen

    def test_precedence_and_where_ranges_come_from(self) -> None:
        rules = """\
uncertainty:
  - {template: routine}
  - {where: {id: "A*"}, template: novel, duration: "uniform(90%, 110%)"}
  - {where: {id: A2}, duration: "uniform(80%, 120%)"}
  - {where: {id: "B*"}, duration: 90%, per_day: 80%}
"""
        plan = plan_of(self.PLAN + rules)
        assert plan.ranges_from == {
            "duration of B1": "template 'novel'",
            "cost of B1": "template 'novel'",
            "duration of A1": "rule 2",
            "cost of A1": "rule 2, template 'novel'",
            "duration of A2": "rule 3",
            "rate of B1": "rule 4",
            "duration of C1": "rule 1, template 'routine'",
        }
        notes = [str(note) for note in plan.notes if "uncertainty rule" in note.where]
        assert notes == [
            "plan.yaml:13 uncertainty rule 1: The rule reaches 5 activities; a later rule wins on 2; 2 keep ranges of their own.",
            "plan.yaml:14 uncertainty rule 2: The rule reaches 2 activities; a later rule wins on 1.",
            "plan.yaml:15 uncertainty rule 3: The rule reaches 1 activity.",
            "plan.yaml:16 uncertainty rule 4: The rule reaches 2 activities; 2 keep ranges of their own.",
        ]

    def test_rules_of_a_risks_file_say_so(self) -> None:
        merged = merge_risks(plan_of(self.PLAN), b"uncertainty: {duration: 90%}", "risks.yaml")
        assert merged.ranges_from["duration of C1"] == "rule 1 of risks.yaml"
        assert merged.ranges_from["duration of B1"] == "template 'novel'"

    def test_a_template_that_does_not_fit(self) -> None:
        found = problems_of('templates: {t: "uniform(1d, 2d)"}\nactivities: {A: {duration: 5ed, uncertainty: t}}')
        assert found[0].startswith("plan.yaml:3 activity 'A' uncertainty: the template 't' does not fit: '1d' is not elapsed")


class TestBranches:
    def test_by_chance(self) -> None:
        text = "branches: {b: {name: Test, paths: [{weight: 0.7}, {weight: 30%, activities: {id: '/[AB]/'}, name: Failed}]}}"
        failed = Way(weight=0.3, activities=("A", "B"), name="Failed")
        assert plan_of(BASE + text).branches == (Branch(id="b", name="Test", paths=(Way(weight=0.7), failed)),)

    @pytest.mark.parametrize(
        ("when", "limit"),
        [
            ("duration of A > 70d", 70 * DAY),
            ("duration  of P1:A >70d", 70 * DAY),
            ("cost of A > 2500.50", 2500.5),
            ("finish of A > 2026-06-30", datetime(2026, 7, 1)),
            ("finish of A > 2026-06-30T12:00", datetime(2026, 6, 30, 12)),
            ("start of A > 2026-06-30", datetime(2026, 6, 30)),
        ],
    )
    def test_on_a_condition(self, when: str, limit: object) -> None:
        (branch,) = plan_of(f"{BASE}branches: {{b: {{when: {when}, then: [C], otherwise: B}}}}").branches
        quantity = when.split()[0]
        expected = ConditionalBranch(id="b", quantity=quantity, activity="A", limit=limit, then=("C",), otherwise=("B",))
        assert branch == expected

    def test_elapsed_durations_have_elapsed_limits(self) -> None:
        plan = plan_of(BASE + "  D: {duration: 1d, after: [C]}\nbranches: {b: {when: duration of C > 9ed, then: [D], stop: yes}}")
        assert (plan.branches[0].limit, plan.branches[0].stop) == (9 * 1440, True)
        found = problems_of(BASE + "  D: {duration: 1d}\nbranches: {b: {when: duration of C > 9d, then: [D]}}")
        assert found == [
            "plan.yaml:7 branch 'b' when: '9d' is not elapsed time as the duration of the activity; write e.g. 30ed."
        ]


class TestFiles:
    @pytest.mark.parametrize(
        "text", ["x,duration of A,duration of B\nduration of A,1,0.25\nduration of B,,1\n",
                 "\ufeff;duration of A;duration of B\nduration of A;;\nduration of B;0,25;\n\n"],
    )  # fmt: skip
    def test_matrices_in_csv(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "m.csv").write_text(text, encoding="utf-8")
        (found,) = plan_of(BASE + "correlations: [{matrix: m.csv, copula: t(4)}]", folder=tmp_path).correlations
        assert (found.between, found.matrix) == (("duration of A", "duration of B"), ((1.0, 0.25), (0.25, 1.0)))
        assert found.degrees == 4.0

    def test_matrices_in_workbooks(self, tmp_path: Path) -> None:
        book = Workbook()
        for row in (["", "duration of A", "duration of B"], ["duration of A", 1, 0.25], ["duration of B", None, 1]):
            book.active.append(row)
        book.save(tmp_path / "m.xlsx")
        (found,) = plan_of(BASE + "correlations: {matrix: m.xlsx}", folder=tmp_path).correlations
        assert found.matrix == ((1.0, 0.25), (0.25, 1.0))

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", r"matrix: m\.csv is empty"),
            (b"x,duration of A\nduration of B,1\n", r"the first row and the first column of m\.csv do not name the same"),
            (b"x,duration of A,size of B\nduration of A,1,\nsize of B,,1\n", r"matrix m\.csv: 'size of B' names no variable"),
            (b"x,a\n\xff,1\n", r"m\.csv is not UTF-8 text\. Save it as CSV in UTF-8, or as \.xlsx"),
            (b"PK\x03\x04rubbish", r"m\.csv is no workbook: "),
        ],
    )
    def test_files_that_hold_no_matrix(self, tmp_path: Path, content: bytes, message: str) -> None:
        (tmp_path / "m.csv").write_bytes(content)
        with pytest.raises(PlanError, match=message) as caught:
            plan_of(BASE + "correlations: [{matrix: m.csv}]", folder=tmp_path)
        assert len(caught.value.problems) == 1

    def test_plans_that_are_no_files_name_none(self) -> None:
        assert problems_of(BASE + "correlations: [{matrix: m.csv}]") == [
            "plan.yaml:6 correlation '1' matrix: 'm.csv' can only be read beside a plan that is a file. "
            "Write its values here, or read the plan from a file."
        ]

    def test_observed_values(self, tmp_path: Path) -> None:
        (tmp_path / "jobs.csv").write_text("job,duration (d)\nx,8\ny,12\n")
        text = 'activities: {A: {duration: 9d, uncertainty: "empirical(jobs.csv, duration)"}}'
        plan = plan_of(text, folder=tmp_path)
        assert plan.activities[0].uncertainty == Empirical((8 * DAY, 12 * DAY))
        assert to_document(plan)["activities"]["A"]["uncertainty"] == "empirical(8d, 12d)"


class TestWeather:
    CALENDARS = "activities: {}\ncalendars: {c: {week: {mon-fri: [08:00-12:00]}}}\nweather:\n  c: "

    def series(self, folder: Path, start: date, days: int, value: str = "{0}") -> Path:
        rows = "".join(f"{start + timedelta(days=n)},{value.format((start + timedelta(days=n)).day)}\n" for n in range(days))
        (folder / "wind.csv").write_text(f"day,wind\n{rows}")
        return folder

    def test_months(self) -> None:
        (weather,) = plan_of(self.CALENDARS + '{lost: {nov-feb: 40%, "Mar, may": 0.1}, region: r, correlation: 0.5}').weather
        assert weather.monthly == (0.4, 0.4, 0.1, 0.0, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.4, 0.4)
        assert (weather.persistence, weather.region, weather.correlation) == (0.0, "r", 0.5)

    def test_a_series(self, tmp_path: Path) -> None:
        self.series(tmp_path, date(2019, 7, 1), 900)
        (weather,) = plan_of(self.CALENDARS + "{record: wind.csv, above: 27}", folder=tmp_path).weather
        assert [len(year) for year in weather.record] == [366]
        year = [(date(2020, 1, 1) + timedelta(days=n)).day > 27 for n in range(366)]
        assert list(weather.record[0]) == [int(lost) for lost in year]

    def test_common_years_repeat_the_day_before_29_february(self, tmp_path: Path) -> None:
        self.series(tmp_path, date(2019, 1, 1), 365)
        (weather,) = plan_of(self.CALENDARS + "{record: wind.csv, below: 2}", folder=tmp_path).weather
        assert [n for n, lost in enumerate(weather.record[0]) if lost][:4] == [0, 31, 60, 91]
        (weather,) = plan_of(self.CALENDARS + "{record: wind.csv, above: 27}", folder=tmp_path).weather
        assert weather.record[0][57:61] == bytes([0, 1, 1, 0])

    def test_years_that_lack_days_are_left_out_and_told(self, tmp_path: Path) -> None:
        self.series(tmp_path, date(2019, 1, 1), 400)
        plan = plan_of(self.CALENDARS + "{record: wind.csv, above: 27}", folder=tmp_path)
        assert len(plan.weather[0].record) == 1
        assert "lacks days of 2020; years that are not complete are left out" in str(plan.notes[-1])
        self.series(tmp_path, date(2019, 1, 1), 40)
        with pytest.raises(PlanError, match=r"weather 'c' record: wind\.csv has no year with a value for every day\."):
            plan_of(self.CALENDARS + "{record: wind.csv, above: 27}", folder=tmp_path)

    def test_one_bad_hour_loses_the_day(self, tmp_path: Path) -> None:
        days = [date(2019, 1, 1) + timedelta(days=n) for n in range(365)]
        rows = "".join(f"{day}T06:00,{'yes' if day.day == 5 else 'no'}\n{day}T12:00,no\n" for day in days)
        (tmp_path / "w.csv").write_text("when,lost\n" + rows)
        (weather,) = plan_of(self.CALENDARS + "{record: w.csv}", folder=tmp_path).weather
        assert sum(weather.record[0]) == 12

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ("column: gust", r"has no column 'gust'\. Known are 'day', 'wind'\.$"),
            ("above: 3, below: 1", r"has one limit; write above or below, not both\.$"),
            ("above: 3", r"wind\.csv row 2: 'x' is not a number"),
            ("column: wind", r"wind\.csv row 2: 'x' is neither 0 or 1 nor yes or no; say what is too much"),
            ("date: wind, above: 3", r"wind\.csv row 2: 'x' is not a date"),
        ],
    )
    def test_series_that_cannot_be_read(self, tmp_path: Path, options: str, message: str) -> None:
        self.series(tmp_path, date(2019, 1, 1), 365, "x")
        with pytest.raises(PlanError, match=message):
            plan_of(f"{self.CALENDARS}{{record: wind.csv, {options}}}", folder=tmp_path)

    def test_years_in_the_plan(self) -> None:
        plan = plan_of(f"{self.CALENDARS}{{record: {{2019: '{'01' * 182}1', 2020: '{'0' * 366}'}}}}")
        assert [sum(year) for year in plan.weather[0].record] == [183, 0]


class TestRisksFiles:
    def merge(self, text: str) -> Plan:
        plan = plan_of(BASE + "risks: {R0: {}}\nbranches: {b: {paths: [{weight: 100%}]}}")
        return merge_risks(plan, text.encode(), "risks.yaml")

    def test_everything_is_added(self) -> None:
        merged = self.merge(
            "risks: {R1: {given: {R0: 5%}}}\nbranches: {c: {when: duration of A > 9d, then: [B]}}\n"
            "weather: {standard: {lost: {jan: 5%}}}\nscenarios: {s: {without: [R0]}}\n"
            "correlations: [{between: [lag of B -> C, probability of R0, probability of R1], rank: 0.5}]\n"
        )
        assert [risk.id for risk in merged.risks] == ["R0", "R1"]
        assert [branch.id for branch in merged.branches] == ["b", "c"]
        assert [len(part) for part in (merged.weather, merged.scenarios, merged.correlations)] == [1, 1, 1]

    def test_contradictions_are_told_where_they_stand(self) -> None:
        with pytest.raises(PlanError) as caught:
            self.merge("branches:\n  b: {paths: [{weight: 1}]}\n  c: {paths: [{weight: 0.5}]}\nrisks:\n  R1: {given: {R9: 5%}}\n")
        assert [str(problem) for problem in caught.value.problems] == [
            "risks.yaml:2 branch 'b': the plan has a branch of this id already. Rename one of them.",
            "risks.yaml:3 branch 'c' paths: the weights of its paths add up to 50%, not 100%. "
            "Correct them; a path without activities is 'nothing happens'.",
            "risks.yaml:5 risk 'R1' given: there is no risk 'R9'. Known are 'R0', 'R1'.",
        ]


def test_a_risk_with_triggers_alone_occurs_when_triggered():
    text = """
project: {name: Quay, start: 2026-03-02}
activities: {A: {duration: 2d}}
risks:
  storm: {probability: 20%, impacts: [{activity: A, duration: 1d}]}
  flood: {given: {storm: 60%}, impacts: [{activity: A, duration: 3d}]}
  strike: {probability: 100%, given: {storm: 10%}, impacts: [{activity: A, duration: 1d}]}
"""
    plan = read_native(text.encode(), "plan.yaml")
    assert [risk.probability for risk in plan.risks] == [0.2, 0.0, 1.0]
    again = read_native(to_yaml(plan).encode(), "plan.yaml")
    assert again.risks == plan.risks
