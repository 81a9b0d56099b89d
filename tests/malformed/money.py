"""Native files whose money is impossible: name, content, the message (a regular expression)."""

from __future__ import annotations

from tests.malformed.snippets import HEAD, ONE, activity

_TABLE = "index: {2026-01: 100, 2027-01: 108}"


def finance(text: str) -> str:
    return f"{ONE}finance: {{{text}}}\n"


def steel(text: str) -> str:
    return f"{ONE}finance:\n  escalation:\n    steel: {text}\n"


CASES: list[tuple[str, str | bytes, str]] = [
    # the section
    ("finance key.yaml", finance("discont: 6%"), r"finance: the key 'discont' is not known\. Did you mean 'discount'\?"),
    ("price date.yaml", finance("price_date: spring"),
     r"finance price_date: 'spring' is not a date; write 2026, 2026-03 or 2026-"),
    ("price month.yaml", finance("price_date: 2026-13"), r"finance price_date: '2026-13-01' does not exist in the calendar"),
    ("fiscal year.yaml", finance("fiscal_year_start: 13"), r"finance fiscal_year_start: '13' is no month; write 1 to 12, or a"),
    ("fiscal list.yaml", finance("fiscal_year_start: [1]"), r"fiscal_year_start: a list stands where a single value is expected"),
    ("budget.yaml", finance("budget: -5"), r"finance budget amount: -5 is negative\. Write 5, or leave it out"),
    ("budget percent.yaml", finance("budget: {amount: 5, contingency: 10%}"), r"budget contingency: '10%' is a percentage"),
    ("budget list.yaml", finance("budget: [5]"), r"finance budget: a list stands where a mapping"),
    ("budget amount.yaml", finance("budget: {contingency: 5}"), r"finance budget: has no amount\. Write \{amount: 2400000"),
    ("discount sign.yaml", finance("discount: 6"),
     r"discount rate: '6' is not a percentage; write percent a year, such as 2\.5%"),
    ("discount rate.yaml", finance("discount: -100%"),
     r"discount rate: -100% a year leaves nothing of any amount\. Write a rate"),
    ("discount date.yaml", finance("discount: {date: 2026-03-02}"), r"finance discount: has no rate\. Write \{rate: 6%"),
    # escalation
    ("no index.yaml", steel("{name: Steel}"),
     r"yaml:6 escalation 'steel': has neither a rate nor an index\. Write 'rate: 2\.5%'"),
    ("rate sign.yaml", steel("2.5"), r"escalation 'steel' rate: '2\.5' is not a percentage"),
    ("rate range.yaml", steel('{rate: "uniform(2, 3)", each_year: yes}'), r"'steel' rate: '2' is not a percentage"),
    ("rate low.yaml", steel("-100%"), r"escalation 'steel' rate: -100% a year leaves no price\. Write a rate above -100%"),
    ("rate tail.yaml", steel('"uniform(-120%, 5%)"'), r"'steel' rate: it may be -100% a year or less\. Keep it above -100%"),
    ("every year.yaml", steel("{rate: 2%, each_year: yes}"),
     r"'steel' each_year: every year draws a rate of its own, but the rate"),
    ("index date.yaml", steel("{index: {2026-01: 100, later: 103}}"),
     r"'steel' index later: 'later' is not a date; write 2026, 2026"),
    ("index value.yaml", steel('{index: {2026-01: many}, uncertainty: "uniform(90%, 110%)"}'),
     r"'steel' index 2026-01: 'many' is not a number"),
    ("index list.yaml", steel("{index: {2026-01: [1]}}"), r"'steel' index 2026-01: a list stands where a single value"),
    ("index rows.yaml", steel("{index: [100, 103]}"), r"'steel' index: a list stands where a mapping"),
    ("index zero.yaml", steel("{index: {2026-01: 100, 2027-01: 0}}"), r"'steel' index 2027-01: the value 0 is not above 0"),
    ("index order.yaml", steel("{index: {2027-01: 100, 2026-01: 90}}"),
     r"index: 2026-01 does not come after 2027-01\. Put the values"),
    ("index twice.yaml", steel("{index: {2026: 100, 2026-01: 90}}"), r"'steel' index: 2026-01 does not come after 2026-01\."),
    ("index range.yaml", steel('{rate: 2%, uncertainty: "uniform(90%, 110%)"}'),
     r"'steel' uncertainty: it multiplies the growth that an index table tells, and there is none\. Give it an index"),
    ("index money.yaml", steel(f'{{{_TABLE}, uncertainty: "uniform(1, 2)"}}'), r"'steel' uncertainty: '1' is not a percentage"),
    ("index kind.yaml", steel("{rate: 2%, applies_to: materal}"),
     r"applies_to: there is no kind of cost 'materal'\. Did you mean 'mat"),
    ("index whom.yaml", steel("{rate: 2%, applies_to: [A]}"),
     r"no kind of cost 'A'\. For the costs of an activity write \{activity: A\}"),
    ("index activity.yaml", steel("{rate: 2%, applies_to: {activity: B}}"), r"applies_to activity: there is no activity 'B'"),
    ("index filter.yaml", steel("{rate: 2%, applies_to: {activity: {wbs: X}}}"), r"activity: the filter selects no activity\."),
    ("index part.yaml", steel("{rate: 2%, applies_to: {costs: material}}"),
     r"the key 'costs' is not known\. Did you mean 'cost'\?"),
    ("index name.yaml", finance("escalation: {none: 2%}"), r"escalation 'none': costs that say 'none' are not escalated\. Name"),
    # funding, accounts, curves
    ("limit without.yaml", finance("funding: [{until: 2026-12-31}]"),
     r"funding '1': has no amount\. Write \{until: 2026-12-31, amount: 9"),
    ("limit below.yaml", finance("funding: [{until: 2026-12-31, amount: 9}, {amount: 5}]"),
     r"funding '2': 5 is below the 9 that may be spent before\. Limits are cumulative"),
    ("limit order.yaml", finance("funding: [{until: 2026-12-31, amount: 5}, {until: 2026-06-30, amount: 9}]"),
     r"funding '2': it does not end after the limit before it\. Put the limits in the order of their dates"),
    ("limit last.yaml", finance("funding: [{amount: 5}, {until: 2026-06-30, amount: 9}]"),
     r"funding '2': the limit before it holds for ever\. Give that one an 'until', or put it last"),
    ("limit negative.yaml", finance("funding: -1"), r"funding '1' amount: -1 is negative\."),
    ("account parent.yaml", finance("accounts: {C: Civil, X: {parent: D}}"), r"account 'X' parent: there is no account 'D'"),
    ("account loop.yaml", finance("accounts: {C: {parent: C}}"), r"account 'C' parent: the account lies below itself"),
    ("account list.yaml", finance("accounts: [C]"), r"finance accounts: a list stands where a mapping"),
    ("curve.yaml", finance("curves: {early: []}"), r"curve 'early': has no weights\. Write weights of equal parts of the durati"),
    ("curve word.yaml", finance("curves: {early: [5, much]}"), r"curve 'early': 'much' is not a number"),
    ("curve number.yaml", finance("curves: {early: 5}"), r"curve 'early': '5' stands where a list of weights is expected"),
    ("curve negative.yaml", finance("curves: {early: [5, -1]}"), r"curve 'early': has a weight that is negative or not finite"),
    ("curve zero.yaml", finance("curves: {early: [0, 0]}"), r"curve 'early': all its weights are 0"),
    ("curve name.yaml", finance("curves: {end: [1, 2]}"),
     r"curve 'end': every plan has an accrual of this name\. Use another one"),
    # costs that name what is not there, and what they are priced with
    ("accrual.yaml", activity("{duration: 5d, expenses: [{remaining_cost: 5, accrual: ends}]}"),
     r"activity 'T7' expenses accrual: there is no accrual 'ends'\. Did you mean 'end'\?"),
    ("accrual curve.yaml", activity("{duration: 5d, cost: {fixed: 5, accrual: erly}}\nfinance: {curves: {early: [1]}}"),
     r"activity 'T7' cost accrual: there is no accrual 'erly'\. Did you mean 'early'\?"),
    ("accrual resource.yaml", HEAD + "resources: {r: {accrual: ends}}",
     r"yaml:2 resource 'r' accrual: there is no accrual 'ends'"),
    ("index of cost.yaml", activity("{duration: 5d, cost: {fixed: 5, index: stel}}\nfinance: {escalation: {steel: 2%}}"),
     r"activity 'T7' cost index: there is no escalation index 'stel'\. Did you mean 'steel'\?"),
    ("account of cost.yaml", activity("{duration: 5d, cost: {fixed: 5, account: C.2}}\nfinance: {accounts: {C.1: Civil}}"),
     r"activity 'T7' cost account: there is no account 'C\.2'\. Did you mean 'C\.1'\?"),
    ("account of work.yaml", activity("{duration: 5d, resources: [{account: X}]}\nfinance: {accounts: {C.1: Civil}}"),
     r"activity 'T7' resources account: there is no account 'X'\. Known are 'C\.1'"),
    ("price word.yaml", activity("{duration: 5d, resources: [{resource: r, remaining_cost: price}]}\nresources: {r: {price: 5}}"),
     r"'T7' resources remaining_cost: 'price' is not an amount of money"),
    ("factor of costs.yaml", ONE + 'factors: {F: {uncertainty: "uniform(90%, 110%)", applies_to: A, costs: steel}}',
     r"factor 'F' costs: there is no kind of cost 'steel'"),
]  # fmt: skip
