"""Costs, resources, assignments and custom fields of Microsoft Project XML."""
from __future__ import annotations

import pytest

from simcore.models.costs import Expense, FileCost
from simcore.models.errors import PlanError
from tests.mspdi_documents import assignment, fields, notes_of, only, read, resource, task


class TestCosts:
    def test_fixed_cost_accrues(self):
        done = {"PercentComplete": 40, "ActualStart": "2026-03-02T08:00:00", "FixedCost": 100000, "Cost": 100000}
        for code, name, spent in ((1, "start", 1000.0), (2, "end", 0.0), (3, "uniform", 400.0)):
            (expense,) = only(task(1, FixedCostAccrual=code, ActualCost=round(spent * 100), **done)).expenses
            assert (expense.accrual, expense.actual_cost, expense.remaining_cost) == (name, spent, 1000.0 - spent)

    def test_rest_of_the_total(self):
        (expense,) = only(task(1, Cost=50000, ActualCost=20000)).expenses
        assert expense == Expense(name="Other cost", budgeted_cost=500, actual_cost=200, remaining_cost=300)

    def test_resources(self):
        rates = "<Rates>{}{}{}</Rates>".format(
            "<Rate><RatesFrom>1984-01-01T00:00:00</RatesFrom><RateTable>0</RateTable><StandardRate>40</StandardRate>"
            "<OvertimeRate>60</OvertimeRate><CostPerUse>12500</CostPerUse></Rate>",
            f"<Rate>{fields(RatesFrom='2026-06-01T00:00:00', RateTable=0, StandardRate=44)}</Rate>",
            f"<Rate>{fields(RatesFrom='1984-01-01T00:00:00', RateTable=1, StandardRate=99)}</Rate>",
        )
        availability = (
            "<AvailabilityPeriods><AvailabilityPeriod><AvailableFrom>2026-09-01T00:00:00</AvailableFrom>"
            "<AvailableTo>2027-01-01T00:00:00</AvailableTo><AvailableUnits>3</AvailableUnits></AvailabilityPeriod>"
            "</AvailabilityPeriods>"
        )
        listed = resource(4, "Crew", Type=1, MaxUnits=2, body=rates + availability)
        plan = read(resources=resource(0, "Unassigned") + listed)
        (crew,) = plan.resources.values()
        assert (crew.id, crew.name, crew.kind, crew.max_units) == ("4", "Crew", "labour", 2.0)
        assert [(r.start and r.start.month, r.price, r.overtime_price, r.per_use, r.max_units) for r in crew.rates] == [
            (None, 40, 60, 125, 2),
            (6, 44, None, 0, 2),
            (9, 44, None, 0, 3),
        ]
        assert {name: [r.price for r in rates] for name, rates in crew.rate_tables.items()} == {"B": [99]}
        assert notes_of(plan) == {}

    def test_plain_rate_and_none(self):
        plan = read(resources=resource(1, StandardRate=25) + resource(2, StandardRate=0))
        assert [r.price for r in plan.resources["1"].rates] == [25]
        assert plan.resources["2"].rates == ()

    def test_blank_rows(self):
        listed = resource(1, "") + resource(2, "") + resource(3, "Crew", IsNull=1)
        plan = read(task(1), resources=listed, assignments=assignment(1, 2))
        assert list(plan.resources) == ["2"]

    def test_assignments(self):
        plan = read(
            task(1, Cost=88000),
            resources=resource(1, Type=1) + resource(2, "Sand", Type=0) + resource(3, "Travel", Type=2),
            assignments=assignment(
                1,
                1,
                Work="PT8H0M0S",
                ActualWork="PT2H0M0S",
                RemainingWork="PT6H0M0S",
                Units=0.5,
                Cost=32000,
                ActualCost=8000,
                RemainingCost=24000,
                Delay=4800,
                LevelingDelay=600,
                WorkContour=2,
                Start="2026-03-02T08:00:00",
            )
            + assignment(1, 2, Work="PT50H0M0S", RemainingWork="PT20H0M0S", FixedMaterial=1, Cost=50000)
            + assignment(1, 3, Cost=6000)
            + assignment(1, -65535, Work="PT8H0M0S"),
        )
        labour, sand, travel = plan.activities[0].assignments
        assert (labour.work, labour.actual_work, labour.remaining_work, labour.units) == (480, 120, 360, 0.5)
        assert (labour.budgeted_cost, labour.actual_cost, labour.remaining_cost) == (320, 80, 240)
        assert (labour.delay, labour.levelling_delay, labour.curve) == (480, 60, "front loaded")
        assert labour.time_dependent
        assert labour.drives
        assert (sand.quantity, sand.remaining_quantity, sand.work, sand.time_dependent) == (50, 20, 0, False)
        assert (plan.resources["3"].kind, travel.budgeted_cost, travel.drives) == ("cost", 60, False)
        assert plan.activities[0].expenses == ()


class TestPricing:
    RATE = "<Rate><RateTable>{}</RateTable><StandardRate>{}</StandardRate><CostPerUse>{}</CostPerUse></Rate>"

    def test_rate_tables_of_assignments(self):
        rates = f"<Rates>{self.RATE.format(0, 40, 0)}{self.RATE.format(2, 65, 900)}</Rates>"
        plan = read(
            task(1, Cost=6600),
            resources=resource(1, Type=1, body=rates),
            assignments=assignment(1, 1, Work="PT1H0M0S", RemainingWork="PT1H0M0S", CostRateTable=2, Cost=6600),
        )
        crew = plan.resources["1"]
        assert {name: (rate.price, rate.per_use) for name, (rate,) in crew.rate_tables.items()} == {"C": (65, 9)}
        assert plan.activities[0].assignments[0].rate_table == "C"

    def test_what_remains_is_the_rest_where_a_file_does_not_say(self):
        work = {"Work": "PT8H0M0S", "ActualWork": "PT2H0M0S", "Cost": 32000, "ActualCost": 8000}
        (crew,) = only(task(1), resources=resource(1, Type=1), assignments=assignment(1, 1, **work)).assignments
        assert (crew.remaining_work, crew.remaining_cost) == (360, 240)

    def test_an_unknown_rate_table_is_refused(self):
        with pytest.raises(PlanError, match="CostRateTable is 5, not 0 to 4"):
            read(task(1), resources=resource(1, Type=1), assignments=assignment(1, 1, CostRateTable=5))

    def test_overtime(self):
        work = {"Work": "PT10H0M0S", "ActualWork": "PT4H0M0S", "OvertimeWork": "PT2H0M0S", "ActualOvertimeWork": "PT1H0M0S"}
        (crew,) = only(task(1), resources=resource(1, Type=1), assignments=assignment(1, 1, **work)).assignments
        assert (crew.work, crew.overtime_work, crew.actual_overtime_work) == (600, 120, 60)

    @pytest.mark.parametrize(("code", "accrual"), [(1, "start"), (2, "end"), (3, "uniform")])
    def test_accrual_of_resources(self, code, accrual):
        assert read(resources=resource(1, AccrueAt=code)).resources["1"].accrual == accrual

    def test_cost_resources_are_lump_sums(self):
        plan = read(task(1), resources=resource(1, Type=2), assignments=assignment(1, 1, Cost=500))
        assert plan.activities[0].assignments[0].lump_sum

    @pytest.mark.parametrize(("code", "name", "tenths"), [(1, "back loaded", 600), (6, "bell", 500), (7, "turtle", 700)])
    def test_contours_are_curves(self, code, name, tenths):
        plan = read(task(1), resources=resource(1, Type=1), assignments=assignment(1, 1, WorkContour=code))
        assert plan.activities[0].assignments[0].curve == name
        assert list(plan.finance.curves) == [name]
        assert len(plan.finance.curves[name]) == 10
        assert sum(plan.finance.curves[name]) == tenths  # on average 60 %, 50 % and 70 % of the assigned units

    def test_contours_made_by_hand_are_flat_aloud(self):
        plan = read(task(1), resources=resource(1, Type=1), assignments=assignment(1, 1, WorkContour=8))
        assert plan.activities[0].assignments[0].curve is None
        assert "work contours made by hand taken as flat." in notes_of(plan)

    def test_stored_totals(self):
        activity = only(task(1, Cost=50000, ActualCost=20000, RemainingCost=30000))
        assert activity.file_cost == FileCost(actual=200, remaining=300, at_completion=500)
        assert only(task(1)).file_cost is None

    def test_fiscal_year(self):
        assert read(FYStartDate=10).finance.fiscal_year_start == 10


class TestFields:
    DEFINITIONS = (
        "<ExtendedAttributes><ExtendedAttribute><FieldID>188743731</FieldID><FieldName>Text1</FieldName>"
        "<Alias>Area</Alias></ExtendedAttribute>"
        "<ExtendedAttribute><FieldID>188743734</FieldID><FieldName>Text2</FieldName>"
        "<ValueList><Value><ID>3</ID><Value>North</Value></Value></ValueList></ExtendedAttribute></ExtendedAttributes>"
    )
    CODES = (
        "<OutlineCodes><OutlineCode><FieldID>188744096</FieldID>"
        "<FieldName>Outline Code1</FieldName><Alias>Trade</Alias>"
        "<Masks><Mask><Level>1</Level><Separator>/</Separator></Mask></Masks><Values>"
        "<Value><ValueID>1</ValueID><ParentValueID>0</ParentValueID><Value>Civil</Value></Value>"
        "<Value><ValueID>2</ValueID><FieldGUID>G2</FieldGUID><ParentValueID>1</ParentValueID>"
        "<Value>Concrete</Value></Value>"
        "</Values></OutlineCode></OutlineCodes>"
    )

    def test_custom_fields(self):
        values = "".join(
            f"<ExtendedAttribute>{body}</ExtendedAttribute>"
            for body in (
                fields(FieldID=188743731, Value="Basin"),
                fields(FieldID=188743734, ValueID=3),
                fields(FieldID=999, Value="x"),
            )
        )
        activity = only(task(1, body=values), extra=self.DEFINITIONS)
        assert activity.fields == {"Area": "Basin", "Text2": "North", "Field 999": "x"}

    @pytest.mark.parametrize("value", ["<ValueID>2</ValueID>", "<ValueGUID>G2</ValueGUID>"])
    def test_outline_codes(self, value):
        codes = f"<OutlineCode><FieldID>188744096</FieldID>{value}</OutlineCode>"
        assert only(task(1, body=codes), extra=self.CODES).codes == {"Trade": "Civil/Concrete"}
