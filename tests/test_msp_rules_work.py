"""Microsoft Project's rules on small plans, dates worked out by hand: calendars, splits, delays, work that has begun."""
from __future__ import annotations

from typing import Any

import simcore
from simcore.models.distribution_shapes import Fixed
from simcore.models.plan import Segment, Status
from tests.msp_plans import DAY, dates, day, late, link, must, plan_of, scheduled, task, worker


def begun(days: float, worked: float, **more: Any) -> dict[str, Any]:
    """What makes a task of so many days one that has begun and of which so many are done."""
    return {"status": Status.IN_PROGRESS, "remaining": round((days - worked) * DAY), "percent_complete": worked / days, **more}


def test_work_happens_on_the_resources_calendar_and_slack_counts_on_the_tasks():
    rows = scheduled([task("a", assignments=(worker("mornings"),)), task("b"), task("long", 4)], [link("a FS b")])
    assert dates(rows["a"]) == (day(2), day(3, 12))
    assert dates(rows["b"]) == (day(3, 13), day(4, 12))
    assert late(rows["a"]) == (day(3), day(4, 12))  # before b, which may begin on the 4th at 13:00 or the 5th at 08:00
    assert rows["a"]["total_float_hours"] == 8


def test_a_task_with_a_calendar_of_its_own_works_when_both_do():
    both = task("a", 0.5, calendar="standard", assignments=(worker("mornings"),))
    ignored = task("b", calendar="standard", assignments=(worker("mornings"),), ignore_resource_calendar=True)
    rows = scheduled([both, ignored])
    assert dates(rows["a"]) == (day(2), day(2, 12))
    assert dates(rows["b"]) == (day(2), day(2, 17))


def test_of_resources_on_different_calendars_the_last_to_end_makes_the_finish_and_the_first_to_begin_the_start():
    by_night = worker("nights", work=240.0, start=day(2, 20), finish=day(3, 0))
    by_day = worker("standard", work=960.0, start=day(3), finish=day(4, 17))
    shared = task("a", 2.5, assignments=(by_day, by_night))
    rows = scheduled([task("before"), shared, task("b")], [link("before FS a"), link("a FS b")])
    assert dates(rows["a"]) == (day(2, 20), day(4, 17))
    assert rows["b"]["start"] == day(5)


def test_elapsed_durations_run_through_nights_and_weekends():
    rows = scheduled([task("a", 3, elapsed=True), task("b")], [link("a FS b")])  # 1,440 minutes
    assert dates(rows["a"]) == (day(2), day(3))
    assert rows["b"]["start"] == day(3)


def test_a_split_task_pauses_in_both_passes():
    split = task("a", 2, segments=(Segment(0, DAY), Segment(3 * DAY, DAY)))
    rows = scheduled([split, task("long", 5)])
    assert dates(rows["a"]) == (day(2), day(5, 17))
    assert late(rows["a"]) == (day(3), day(6, 17))


def test_levelling_delay_comes_after_the_logic_but_not_after_a_constraint():
    held = must("start_no_earlier_than", day(3))
    rows = scheduled(
        [task("a"), task("b", levelling_delay=DAY), task("c", levelling_delay=1440, levelling_delay_elapsed=True),
         task("d", levelling_delay=DAY, constraints=held)],
        [link("a FS b"), link("a FS c")],
    )  # fmt: skip
    assert rows["b"]["start"] == day(4)
    assert rows["c"]["start"] == day(4)  # from 17:00 on the 2nd to 17:00 on the 3rd
    assert rows["d"]["start"] == day(3)
    assert late(rows["c"]) == (day(4), day(4, 17))


def test_work_that_has_begun_goes_on_whatever_its_predecessors_do():
    progress = begun(4, 1, actual_start=day(2), suspend=day(2, 17), resume=day(3))
    rows = scheduled([task("a", 3), task("b", 4, **progress), task("long", 8)], [link("a FS b")], data_date=day(2, 17))
    assert dates(rows["b"]) == (day(2), day(5, 17))
    assert late(rows["b"]) == (day(2), day(11, 17))
    assert rows["b"]["total_float_hours"] == 4 * 8  # finish slack
    assert late(rows["a"])[1] == day(6, 17)  # before the three days that remain of b


def test_without_a_status_date_the_predecessor_of_work_that_has_begun_may_end_as_late_as_it_stopped():
    progress = begun(4, 1, actual_start=day(2), suspend=day(2, 17), resume=day(3))
    rows = scheduled([task("a"), task("b", 4, **progress), task("long", 8)], [link("a FS b")])
    assert late(rows["a"])[1] == day(2, 17)


def test_links_from_a_start_that_has_happened_are_dates():
    progress = begun(4, 1, actual_start=day(2), suspend=day(2, 17), resume=day(5))
    rows = scheduled([task("a", 4, **progress), task("b")], [link("a SS b", DAY)], data_date=day(2, 17))
    assert dates(rows["a"]) == (day(2), day(9, 17))
    assert rows["b"]["start"] == day(3)
    assert late(rows["a"])[1] == day(9, 17)  # b cannot make it late


def test_work_in_progress_that_is_late_shows_no_late_finish_before_its_finish():
    progress = begun(2, 1, actual_start=day(2), suspend=day(2, 17), resume=day(3), deadline=day(2, 17))
    rows = scheduled([task("a", 2, **progress)], data_date=day(2, 17))
    assert late(rows["a"]) == (day(2), day(3, 17))
    assert rows["a"]["total_float_hours"] == -8


def test_what_is_done_asks_for_its_actual_dates():
    done = task("a", 2, status=Status.COMPLETED, actual_start=day(2), actual_finish=day(5, 12))
    rows = scheduled([done, task("b")], [link("a FS b")])
    assert rows["b"]["start"] == day(5, 13)
    assert late(rows["a"]) == (day(2), day(5, 12))


def test_the_simulation_follows_the_same_rules():
    plan = plan_of(
        [task("a", 2, uncertainty=Fixed(3 * DAY)), task("b", constraints=must("as_late_as_possible")), task("c"),
         task("d", uncertainty=Fixed(5 * DAY))],
        [link("b FS c")],
    )  # fmt: skip
    results = simcore.simulate(plan, iterations=64, seed=1)
    found = results.iteration(3)
    rows = {str(row["id"]): row for row in found}
    assert rows["d"]["finish"].item() == day(6, 17)
    assert rows["b"]["start"].item() == day(5)
    assert rows["c"]["start"].item() == day(6)
    table = {row["id"]: row for row in results.activities}
    assert table["b"]["start_p80"].item() == day(5)
    assert table["c"]["finish_p80"].item() == day(6, 17)
