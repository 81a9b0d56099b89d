"""Native files with impossible ranges, risks, factors and correlations: name, content, the message (a regular expression)."""

from __future__ import annotations

from tests.malformed.snippets import ONE, activity

CASES: list[tuple[str, str | bytes, str]] = [
    # distributions
    (
        "order.yaml",
        activity('{duration: 9d, uncertainty: "triangular(12d, 9d, 15d)"}'),
        r"^order\.yaml:3 activity 'T7' uncertainty: triangular: the minimum 12d is above the mode 9d; swap them",
    ),
    (
        "count.yaml",
        activity('{duration: 9d, uncertainty: "uniform(1d, 2d, 3d)"}'),
        r"uncertainty: uniform does not go with 3 values; write uniform\(min, max\)",
    ),
    (
        "kind.yaml",
        activity('{duration: 9d, uncertainty: "triangle(1d, 2d, 3d)"}'),
        r"there is no distribution 'triangle'; did you mean triangular",
    ),
    (
        "mixed.yaml",
        activity('{duration: 9d, uncertainty: "uniform(90%, 12d)"}'),
        r"uniform mixes percentages \(90%\) and absolute values \(12d\)",
    ),
    ("spread.yaml", activity('{duration: 9d, uncertainty: "normal(9d, -1d)"}'), r"uncertainty: normal: .*-1d"),
    ("open.yaml", activity('{duration: 9d, uncertainty: "pert(1d, 2d, 3d"}'), r"uncertainty: 'pert\(1d, 2d, 3d' is not complete"),
    ("numbers.yaml", activity('{duration: 9d, uncertainty: "uniform(1, 2)"}'), r"uncertainty: '1' has no unit"),
    (
        "working.yaml",
        activity('{duration: 9ed, uncertainty: "uniform(1d, 2d)"}'),
        r"uncertainty: '1d' is not elapsed time as the duration it belongs to",
    ),
    # risks
    (
        "probability.yaml",
        ONE + "risks: {R1: {probability: 130%}}",
        r"risk 'R1' probability: the probability 130% is not between 0% and 100%",
    ),
    (
        "hit.yaml",
        ONE + 'risks: {R1: {impacts: [{activity: B, duration: "uniform(1d, 2d)"}]}}',
        r"^hit\.yaml:4 risk 'R1' impacts: there is no activity 'B'",
    ),
    (
        "harmless.yaml",
        ONE + "risks: {R1: {impacts: [{activity: A}]}}",
        r"risk 'R1' impacts: an impact has neither a duration nor a cost",
    ),
    (
        "factor.yaml",
        ONE + 'factors: {F: {uncertainty: "uniform(1d, 2d)", applies_to: [A]}}',
        r"factor 'F' uncertainty: '1d' is not a percentage; a factor is written like 105%",
    ),
    ("nothing.yaml", ONE + 'factors: {F: {uncertainty: "uniform(90%, 110%)"}}', r"factor 'F': applies to nothing"),
    (
        "filter.yaml",
        ONE + 'factors: {F: {uncertainty: "uniform(90%, 110%)", applies_to: {wbs: X}}}',
        r"factor 'F' applies_to: the filter selects no activity",
    ),
    (
        "rank.yaml",
        ONE + "  B: {duration: 1d}\ncorrelations: [{between: [duration of A, duration of B], rank: 1.5}]",
        r"correlation '1' rank: the rank correlation 1\.5 is not between -1 and 1",
    ),
    (
        "variable.yaml",
        ONE + "correlations: [{between: [duration of A, size of A], rank: 0.5}]",
        r"correlation '1' between: 'size of A' names no variable",
    ),
    ("rule.yaml", ONE + "uncertainty: [{where: {wbs: X}}]", r"uncertainty rule 1: gives no range"),
]
