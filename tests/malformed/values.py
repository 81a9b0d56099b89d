"""Native files with impossible durations, dates, calendars and logic: name, content, the message (a regular expression)."""

from __future__ import annotations

from tests.malformed.snippets import HEAD, ONE, activity, calendar

CASES: list[tuple[str, str | bytes, str]] = [
    # durations, money, dates
    (
        "unit.yaml",
        activity("{duration: 10}"),
        r"^unit\.yaml:3 activity 'T7' duration: '10' has no unit; write 10d for days or 10h for hours",
    ),
    ("units.yaml", activity("{duration: 10 days}"), r"'10 days' has the unknown unit 'days'; write 10d"),
    ("negative.yaml", activity("{duration: -5d}"), r"activity 'T7' duration: the duration '-5d' is negative"),
    ("huge.yaml", activity("{duration: 99999999999999999999d}"), r"duration: '9+d' is longer than 500 years"),
    ("notanumber.yaml", activity("{duration: nan}"), r"duration: 'nan' is not a duration"),
    ("noduration.yaml", activity("{name: Pumps}"), r"activity 'T7': has no duration"),
    ("nokeys.yaml", activity(""), r"activity 'T7': has no duration"),
    (
        "elapsed.yaml",
        activity("{duration: 5d, remaining: 2ed}"),
        r"activity 'T7' remaining: the duration and what remains of it must both be elapsed",
    ),
    ("infinite.yaml", activity("{duration: 5d, cost: {fixed: .inf}}"), r"cost fixed: '\.inf' is not an amount of money"),
    ("overflow.yaml", activity("{duration: 5d, cost: 1e400}"), r"activity 'T7' cost: '1e400'"),
    ("separators.yaml", activity('{duration: 5d, cost: "180,000"}'), r"cost: '180,000' has thousands separators; write 180000"),
    ("february.yaml", "project: {start: 2026-02-30}", r"^february\.yaml:1 project start: '2026-02-30' does not exist"),
    ("century.yaml", "project: {start: 0026-03-02}", r"project start: '0026-03-02' is out of range; dates run from 1900"),
    ("american.yaml", "project: {start: 03/02/2026}", r"project start: '03/02/2026' is not a date; write 2026-03-31"),
    ("zone.yaml", "project: {start: 2026-03-02T08:00Z}", r"is not a date.*no zone"),
    ("hour.yaml", "project: {start: 2026-03-02T25:00}", r"the impossible time 25:00"),
    (
        "backwards.yaml",
        activity("{duration: 5d, actual_start: 2026-03-10, actual_finish: 2026-03-05}"),
        r"^backwards\.yaml:3 activity 'T7' actual_finish: .* is before the actual start",
    ),
    (
        "constraint.yaml",
        activity("{duration: 5d, constraint: {finish_no_latter_than: 2026-12-18}}"),
        r"constraint: there is no 'finish_no_latter_than'\. Did you mean 'finish_no_later_than'\?",
    ),
    (
        "dateless.yaml",
        activity("{duration: 5d, constraint: start_on}"),
        r"constraint: start_on has no date; write \{start_on: 2026-12-18\}",
    ),
    # calendars
    (
        "unknown.yaml",
        activity("{duration: 5d, calendar: standart}"),
        r"activity 'T7': there is no calendar 'standart'\. Did you mean 'standard'\?",
    ),
    (
        "idle.yaml",
        calendar("{week: {}}") + "activities: {A: {duration: 5d}}",
        r"^idle\.yaml:3 calendar 'c': never works, yet activity 'A' has work on it",
    ),
    (
        "sparse.yaml",
        calendar("{exceptions: {2026-03-02: [08:00-12:00]}}") + "activities: {A: {duration: 5d}}",
        r"calendar 'c': works on single dates only",
    ),
    (
        "overlap.yaml",
        calendar("{week: {mon: [08:00-12:00, 11:00-15:00]}}"),
        r"calendar 'c' week mon: the shifts 08:00-12:00 and 11:00-15:00 overlap",
    ),
    (
        "night.yaml",
        calendar("{week: {mon: [22:00-06:00], tue: [05:00-12:00]}}"),
        r"the last shift of mon runs into the first one of tue",
    ),
    ("shift.yaml", calendar("{week: {mon: [8-12]}}"), r"week mon: '8-12' is not a shift; write 08:00-12:00"),
    ("day.yaml", calendar("{week: {mo-fr: [08:00-12:00]}}"), r"week: 'mo-fr' names no days of the week"),
    (
        "holiday.yaml",
        calendar("{week: {mon: [08:00-12:00]}, holidays: [2026-12-26..2026-12-24]}"),
        r"holidays: the range 2026-12-26\.\.2026-12-24 ends before it begins",
    ),
    (
        "hours.yaml",
        calendar("{week: {mon: [08:00-12:00]}, hours_per_day: 0}"),
        r"calendar 'c' hours_per_day: 0 hours are not possible",
    ),
    # logic
    (
        "loop.yaml",
        HEAD + "activities:\n  A: {duration: 1d, after: C}\n  B: {duration: 1d, after: A SS}\n  C: {duration: 1d, after: B FF}\n",
        r"^loop\.yaml:3 activity 'A': lies on a loop: A -> B -> C -> A\.",
    ),
    ("self.yaml", activity("{duration: 5d, after: [T7 SS+1d]}"), r"^self\.yaml:3 activity 'T7': is linked to itself"),
    (
        "dangling.yaml",
        ONE + "  B100: {duration: 5d}\n  C: {duration: 5d, after: [B101 SS+1d]}",
        r"^dangling\.yaml:5 activity 'C' after: there is no activity 'B101'\. Did you mean 'B100'\?",
    ),
    (
        "relationship.yaml",
        ONE + "  C: {duration: 5d, after: [{activity: A, type: FX}]}",
        r"activity 'C' after type: there is no 'FX'\. Known are 'FS', 'SS', 'FF', 'SF'",
    ),
    (
        "lag.yaml",
        ONE + "  C: {duration: 5d, after: [A SS 3d]}",
        r"after: there is no activity 'A SS 3d'\. Did you mean 'A SS\+3d'\?",
    ),
    ("lagunit.yaml", ONE + "  C: {duration: 5d, after: [A SS+3]}", r"activity 'C' after: '\+3' has no unit"),
    ("focus.yaml", ONE + "focus: [a]", r"^focus\.yaml:4 focus: there is no activity 'a'\. Did you mean 'A'\?"),
    ("resource.yaml", activity("{duration: 5d, resources: [crew]}"), r"activity 'T7': there is no resource 'crew'"),
]
