"""Microsoft Project's rules on small plans, dates worked out by hand: links, summaries, constraints, late dates."""
from __future__ import annotations

from datetime import datetime

from tests.msp_plans import DAY, dates, day, late, link, must, placed, scheduled, summary, task


def test_milestones_stay_where_their_predecessors_end():
    rows = scheduled([task("a"), task("m", 0), task("b")], [link("a FS m"), link("m FS b")])
    assert dates(rows["m"]) == (day(2, 17), day(2, 17))
    assert dates(rows["b"]) == (day(3), day(3, 17))
    assert late(rows["m"]) == (day(3), day(3))  # late dates are those of what follows
    assert rows["m"]["total_float_hours"] == 0


def test_slack_of_a_milestone_is_in_working_time():
    rows = scheduled([task("a"), task("long", 8), task("m", 0)], [link("a FS m")])
    assert late(rows["m"])[1] == day(11, 17)
    assert rows["m"]["total_float_hours"] == 7 * 8  # not the hours of the nights and the weekend


def test_lags_run_on_the_successors_calendar_but_elapsed_ones_do_not():
    plan = [task("a"), task("b"), task("c"), task("d", 2), task("e")]
    links = [link("a FS b", DAY), link("a FS c", 1440, elapsed=True), link("d FS e", percent=0.5)]
    rows = scheduled(plan, links)
    assert rows["b"]["start"] == day(4)
    assert rows["c"]["start"] == day(4)  # 17:00 a day later
    assert rows["e"]["start"] == day(5)


def test_a_link_to_a_summary_holds_back_everything_below_it():
    rows = scheduled(
        [task("a", 2), summary("s"), summary("t", fields={"parent": "s"}), task("x", wbs="s"), task("y", wbs="t")],
        [link("a FS s", DAY)],
    )
    assert rows["x"]["start"] == rows["y"]["start"] == day(5)
    assert late(rows["a"]) == (day(2), day(3, 17))


def test_a_link_from_a_summary_waits_for_the_last_activity_below_it():
    rows = scheduled(
        [summary("s"), task("x", wbs="s"), task("y", 3, wbs="s"), task("b"), task("long", 10)], [link("s FS b")]
    )
    assert rows["b"]["start"] == day(5)
    assert late(rows["x"]) == (day(12), day(12, 17))  # the day before b must begin
    assert rows["x"]["total_float_hours"] == 8 * 8
    assert rows["y"]["total_float_hours"] == 6 * 8


def test_a_link_from_the_start_of_a_summary_goes_with_the_first_activity_below_it():
    rows = scheduled(
        [task("a", 2), summary("s"), task("x", wbs="s"), task("y", wbs="s", constraints=must("start_no_earlier_than", day(3))),
         task("b")],
        [link("a FS x"), link("s SS b")],
    )  # fmt: skip
    assert rows["x"]["start"] == day(4)
    assert rows["b"]["start"] == day(3)


def test_what_a_summary_waits_for_reaches_the_summary_after_it():
    rows = scheduled(
        [summary("s"), task("x", 2, wbs="s"), summary("t"), task("y", wbs="t"), task("z", 0, wbs="t")], [link("s FS t")]
    )
    assert rows["y"]["start"] == day(4)
    assert dates(rows["z"]) == (day(3, 17), day(3, 17))


def test_a_constraint_of_a_summary_reaches_what_lies_below_but_its_deadline_does_not():
    rows = scheduled(
        [summary("s", constraints=must("start_no_earlier_than", day(4)), deadline=day(4, 12)), task("x", 2, wbs="s")]
    )
    assert dates(rows["x"]) == (day(4), day(5, 17))
    assert rows["x"]["total_float_hours"] == 0


def test_a_deadline_bounds_late_dates_only():
    rows = scheduled([task("a", 2, deadline=day(2, 17)), task("long", 5)])
    assert dates(rows["a"]) == (day(2), day(3, 17))
    assert late(rows["a"]) == (datetime(2026, 2, 27, 8), day(2, 17))
    assert rows["a"]["total_float_hours"] == -8


def test_a_start_before_the_projects_start_is_honoured():
    early = must("start_no_earlier_than", datetime(2026, 2, 26, 8))
    rows = scheduled([task("a", constraints=early), task("b"), task("c")], [link("a FS b")])
    assert rows["a"]["start"] == early[0].date
    assert rows["b"]["start"].day == 27  # predecessors replace the project's start
    assert rows["c"]["start"] == day(2)


def test_late_constraints_win_over_links_unless_the_project_says_otherwise():
    plan = [task("a", 3), task("b", constraints=must("start_no_later_than", day(3))),
            task("c", 2, constraints=must("finish_no_later_than", day(4, 17)))]  # fmt: skip
    links = [link("a FS b"), link("a FS c")]
    rows = scheduled(plan, links)
    assert rows["b"]["start"] == day(3)
    assert dates(rows["c"]) == (day(3), day(4, 17))
    assert rows["a"]["total_float_hours"] == -2 * 8
    rows = scheduled(plan, links, honour_constraints=False)
    assert rows["b"]["start"] == rows["c"]["start"] == day(5)
    assert rows["b"]["total_float_hours"] == -2 * 8


def test_must_start_on_pins_both_passes():
    rows = scheduled(
        [task("a", 3), task("b", constraints=must("mandatory_start", day(3))), task("long", 9)], [link("a FS b")]
    )
    assert dates(rows["b"]) == late(rows["b"]) == (day(3), day(3, 17))
    assert rows["b"]["total_float_hours"] == 0
    assert rows["a"]["total_float_hours"] == -2 * 8


def test_manual_tasks_stay_where_they_are_put():
    rows = scheduled([task("a", 2), task("m", **placed(day(2), day(2, 17))), task("b")], [link("a FS m"), link("m FS b")])
    assert dates(rows["m"]) == (day(2), day(2, 17))
    assert rows["b"]["start"] == day(3)


def test_tasks_below_a_manual_summary_do_not_start_before_it():
    rows = scheduled([summary("s", **placed(day(5), day(9, 17))), task("x", wbs="s"), task("y", wbs="s")], [link("x FS y")])
    assert rows["x"]["start"] == day(5)
    assert rows["y"]["start"] == day(6)


def test_a_link_to_a_manual_summary_ends_there():
    plan = [task("a", 5), summary("s", **placed(day(3), day(4, 17))), task("x", wbs="s")]
    rows = scheduled(plan, [link("a FS s")])
    assert rows["x"]["start"] == day(3)
    assert rows["a"]["total_float_hours"] == -8  # but x should begin a day after the 6th, the project's last
    assert dates(rows["s"]) == (day(3), day(4, 17))


def test_the_finish_of_a_manual_summary_counts_for_the_project():
    rows = scheduled([summary("s", **placed(day(2), day(6, 17))), task("x", wbs="s")])
    assert late(rows["x"]) == (day(6), day(6, 17))


def test_inactive_tasks_neither_move_nor_hold_back_others():
    rows = scheduled([task("a", 2, inactive=True), task("b")], [link("a FS b")])
    assert rows["b"]["start"] == day(2)


def test_open_ends_are_critical_when_several_critical_paths_are_asked_for():
    plan = [task("a"), task("b"), task("long", 5)]
    assert scheduled(plan, [link("a FS b")])["b"]["total_float_hours"] == 3 * 8
    rows = scheduled(plan, [link("a FS b")], multiple_critical_paths=True)
    assert rows["a"]["total_float_hours"] == rows["b"]["total_float_hours"] == 0


def test_as_late_as_possible_takes_all_of_the_slack_and_moves_what_follows():
    plan = [task("a", constraints=must("as_late_as_possible")), task("b"), task("long", 5)]
    rows = scheduled(plan, [link("a FS b")])
    assert dates(rows["a"]) == (day(5), day(5, 17))
    assert dates(rows["b"]) == (day(6), day(6, 17))
    assert rows["a"]["total_float_hours"] == 0


def test_a_project_from_its_finish_counts_back_from_it():
    plan = [task("a", constraints=must("as_late_as_possible")), task("b", 2, constraints=must("as_late_as_possible"))]
    rows = scheduled(plan, [link("a FS b")], schedule_from_finish=True, finish=day(13, 17))
    assert dates(rows["b"]) == (day(12), day(13, 17))
    assert dates(rows["a"]) == (day(11), day(11, 17))
