"""Native files that are no documents, or documents of something else: name, content, the message (a regular expression)."""

from __future__ import annotations

from tests.malformed.snippets import HEAD, ONE, activity, calendar

_BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

CASES: list[tuple[str, str | bytes, str]] = [
    # not a document
    ("empty.yaml", b"", r"^empty\.yaml: is empty\."),
    ("blank.yaml", b" \r\n\t\n\x00\x00", r"^blank\.yaml: is empty\."),
    ("comment.yaml", "# my plan\n", r"^comment\.yaml: holds no plan"),
    ("word.yaml", "plan\n", r"^word\.yaml: holds no plan"),
    ("list.json", "[1, 2]", r"^list\.json: holds no plan"),
    (
        "latin.yaml",
        "project:\n  name: Brücke\n".encode("latin-1"),
        r"^latin\.yaml:2: the byte 0xFC is not UTF-8 text\. Save the file as UTF-8",
    ),
    ("half.yaml", b"\xff\xfep\x00r", r"^half\.yaml:1: the byte 0x72 is not UTF-16 text"),
    ("control.yaml", HEAD + "name: a\x07b\n", r"^control\.yaml:2: a character that no text holds \(U\+0007\)"),
    ("umlauts.yaml", HEAD + "name: äöüß\nwbs: \x07", r"^umlauts\.yaml:3: a character that no text holds \(U\+0007\)"),
    ("binary.yaml", bytes(range(1, 9)) * 40 + b"\x00", r"^binary\.yaml: is a binary file of an unknown kind"),
    # broken YAML and JSON
    ("truncated.yaml", ONE + "  B: {duration: 3d, after: [A", r"^truncated\.yaml:\d:\d+: not readable as YAML: .*in line 4"),
    ("quote.yaml", ONE + '  B: {name: "Pump, duration: 3d}\n', r"^quote\.yaml:\d:\d+: not readable as YAML.*quot"),
    ("colon.yaml", ONE + "  B: {name: a\n", r"^colon\.yaml:\d:\d+: not readable as YAML"),
    ("indent.yaml", HEAD + "activities:\n  A:\n    duration: 5d\n   name: x\n", r"^indent\.yaml:5:\d+: not readable as YAML"),
    ("tab.yaml", HEAD + "activities:\n\tA: {duration: 5d}\n", r"^tab\.yaml:3:1: a tab stands where YAML wants blanks"),
    (
        "truncated.json",
        '{"project": {"start": "2026-03-02"}, "activities": {"A": {"duration":',
        r"^truncated\.json:1:\d+: not readable as JSON",
    ),
    ("comma.json", '{"project": {"start": "2026-03-02"},\n}', r"^comma\.json:2:1: not readable as JSON"),
    (
        "nan.json",
        '{"project": {"start": "2026-03-02"}, "activities":\n {"A": {"duration": "1d", "cost": NaN}}}',
        r"^nan\.json:2: NaN is not a number",
    ),
    (
        "surrogate.json",
        '{"project": {"start": "2026-03-02",\n "name": "\\ud800"}}',
        r"^surrogate\.json:2: a text holds half a character",
    ),
    ("twice.yaml", ONE + "  A: {duration: 3d}\n", r"^twice\.yaml:4: the key 'A' is there twice, first in line 3"),
    (
        "twice.json",
        '{"project": {"start": "2026-03-02", "start": "2026-04-02"}}',
        r"^twice\.json:1: the key 'start' is there twice",
    ),
    ("alias.yaml", ONE + "  B: *base\n", r"^alias\.yaml:4: the alias '\*base' stands before its anchor"),
    ("bomb.yaml", _BOMB, r"^bomb\.yaml:7: the file stands for more than 5000000 values"),
    ("merge.yaml", HEAD + "activities: {A: {<<: 5d}}\n", r"^merge\.yaml:2: '<<' takes the keys of another mapping"),
    (
        "tag.yaml",
        activity("!!python/object:os.system {duration: 5d}"),
        r"^tag\.yaml:3: the tag '!!python/object:os\.system' is not understood",
    ),
    ("two.yaml", ONE + "---\n" + ONE, r"^two\.yaml:4: a second document begins here"),
    ("deep.yaml", "[" * 900, r"^deep\.yaml:1: values are nested more than 50 deep"),
    ("deep.json", '{"a":' * 60_000, r"^deep\.json: values are nested more than 50 deep"),
    ("key.yaml", HEAD + "? [a, b]\n: c\n", r"^key\.yaml:2: a list or a mapping stands where a key is expected"),
    # unknown and misplaced keys
    ("section.yaml", ONE + "calenders: {}\n", r"^section\.yaml:4: the key 'calenders' is not known\. Did you mean 'calendars'\?"),
    (
        "misspelt.yaml",
        activity("{duraton: 5d}"),
        r"^misspelt\.yaml:3 activity 'T7': the key 'duraton' is not known\. Did you mean 'duration'\?",
    ),
    (
        "riskkey.yaml",
        ONE + "risks: {R1: {propability: 5%}}",
        r"risk 'R1': the key 'propability' is not known\. Did you mean 'probability'\?",
    ),
    ("format.yaml", "format: 2\n" + ONE, r"^format\.yaml:1 format: format 2 is not known .* it reads format 1"),
    ("project.yaml", "activities: {A: {duration: 5d}}", r"^project\.yaml:1: there is no project\. Write 'project:"),
    ("start.yaml", "project: {name: x}", r"^start\.yaml:1 project: has no start"),
    (
        "belongs.yaml",
        "projects: {P: {start: 2026-03-02}, Q: {start: 2026-03-02}}\nactivities: {A: {duration: 1d}}",
        r"activity 'A': does not say which project",
    ),
    # wrong types
    (
        "activities.yaml",
        HEAD + "activities: [{id: A, duration: 5d}]\n",
        r"^activities\.yaml:2 activities: a list stands where a mapping",
    ),
    ("nested.yaml", activity("{duration: [5d, 6d]}"), r"activity 'T7' duration: a list stands where a single value is expected"),
    ("bare.yaml", activity("5d"), r"^bare\.yaml:3 activity 'T7': '5d' stands where a mapping"),
    ("week.yaml", calendar("{week: [08:00-12:00]}"), r"^week\.yaml:3 calendar 'c' week: a list stands where a mapping"),
    ("flag.yaml", activity("{duration: 5d, manual: perhaps}"), r"activity 'T7' manual: 'perhaps' is neither true nor false"),
    ("impact.yaml", ONE + "risks: {R1: {impacts: [A]}}", r"risk 'R1' impacts: 'A' stands where an impact is expected"),
]
