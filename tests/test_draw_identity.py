"""Editing one risk moves no other draw: compiled variables and events by the names of their streams, and their rows."""
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simcore.design import Design
from simcore.kernel_risk import EVENT_MASK, draw_row, sample_shared
from simcore.models.distributions import Distribution, Triangular, Uniform
from simcore.models.errors import PlanError
from simcore.models.plan import ActivityType, LinkType, Plan, Relationship, Status
from simcore.models.risks import Correlation, Impact, Risk
from simcore.runs import Run
from simcore.variables import stream_key
from tests.risky_plans import ABSOLUTE, ANY, DATA_DATE, NAMES, RELATIVE, risky_plans

LANES = 48
CHANCES = st.sampled_from([0.1, 0.4, 1.0, Uniform(0.2, 0.6, relative=True), Triangular(0.0, 0.3, 1.0, relative=True)])
LINK = "A0 -> A1"
RISK_IDS = ("R0", "R1", "R2", "NEW")
WINDOWS = st.builds(
    lambda first, days: (DATA_DATE + timedelta(days=first), DATA_DATE + timedelta(days=first + days)),
    st.integers(-5, 20), st.integers(1, 30),
)  # fmt: skip


def kinds() -> st.SearchStrategy[dict]:
    """What makes a risk special, one thing or a few that go together."""
    fixed = st.sampled_from([0.05, 0.2, 0.3])
    return st.one_of(
        st.just({}),
        st.fixed_dictionaries({"probability": CHANCES}),
        st.fixed_dictionaries({"occurrence": st.just("per activity"), "probability": CHANCES}),
        st.fixed_dictionaries({"occurrence": st.just("recurring"), "every": st.integers(400, 4000)}),
        st.fixed_dictionaries({"exclusive": st.sampled_from(["one", "two"]), "probability": fixed}),
        st.fixed_dictionaries({"given": st.dictionaries(st.sampled_from(RISK_IDS), fixed, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"window": WINDOWS, "strikes": st.sampled_from([None, "end", Uniform(0.0, 1.0, relative=True)])}),
        st.fixed_dictionaries({"strikes": st.just("start")}),
        st.fixed_dictionaries({"shared": st.just(True), "combine": st.sampled_from(["series", "parallel"])}),
        st.fixed_dictionaries({"impact_rank": st.sampled_from([0.3, 1.0]), "shared": st.just(False)}),
    )


@st.composite
def impacts(draw: st.DrawFn) -> tuple[Impact, ...]:
    on_activity = st.builds(Impact, activity=st.sampled_from(NAMES), duration=ANY, cost=st.one_of(st.none(), ANY))
    on_link = st.builds(Impact, link=st.just(LINK), lag=st.sampled_from(ABSOLUTE))
    return tuple(draw(st.lists(st.one_of(on_activity, on_activity, on_link), max_size=3)))


@st.composite
def risks(draw: st.DrawFn, name: str) -> Risk:
    basic = Risk(id=name, probability=0.35, impacts=draw(impacts()))
    special = draw(kinds())
    if "given" in special:  # no circles: later risks are triggered by earlier ones
        special["given"] = {k: p for k, p in special["given"].items() if RISK_IDS.index(k) < RISK_IDS.index(name)}
    return replace(basic, **special)


@st.composite
def correlations(draw: st.DrawFn) -> tuple[Correlation, ...]:
    names = [f"duration of {n}" for n in NAMES] + [f"magnitude of {r}" for r in RISK_IDS[:3]]
    between = tuple(draw(st.lists(st.sampled_from(names), min_size=2, max_size=3, unique=True)))
    rank = draw(st.sampled_from([0.2, 0.8, -0.4]))
    degrees = draw(st.sampled_from([None, 4.0]))
    return draw(st.sampled_from([(), (Correlation(between=between, rank=rank, degrees=degrees),)]))


@st.composite
def edits(draw: st.DrawFn) -> tuple[Plan, Plan, str]:
    """A plan with every kind of risk, the same with one risk added, removed or changed, and its id."""
    base = draw(risky_plans())
    open_tasks = tuple(
        replace(a, status=Status.NOT_STARTED, actual_start=None, actual_finish=None, remaining=None, type=ActivityType.TASK,
                duration=max(a.duration, 480)) if a.id in NAMES[:2] else a
        for a in base.activities
    )  # fmt: skip
    link = Relationship(open_tasks[0].ref, open_tasks[1].ref, LinkType.FS)
    register = tuple(draw(risks(name)) for name in RISK_IDS[:3])
    ranges: Distribution = draw(st.sampled_from(RELATIVE))
    open_tasks = (replace(open_tasks[0], uncertainty=ranges), *open_tasks[1:])
    try:
        plan = base.with_changes(
            activities=open_tasks, relationships=(*base.relationships, link), risks=register, correlations=draw(correlations())
        )
        how = draw(st.sampled_from(["add", "remove", "edit"]))
        if how == "add":
            return plan, plan.with_changes(risks=(draw(risks("NEW")), *register)), "NEW"
        name = draw(st.sampled_from(RISK_IDS[:3]))
        changed = [draw(risks(name))] if how == "edit" else []
        kept = []
        for risk in register:
            if risk.id == name:
                kept += changed
            elif how == "remove":
                kept.append(replace(risk, given={k: p for k, p in risk.given.items() if k != name}))
            else:
                kept.append(risk)
        named = [c for c in plan.correlations if how != "remove" or f"magnitude of {name}" not in c.between]
        return plan, plan.with_changes(risks=tuple(kept), correlations=tuple(named)), name
    except PlanError:
        assume(False)
        raise


class Sampled:
    """All draws of a batch of a plan, by the names and keys of their streams."""

    def __init__(self, plan: Plan, replicate: int):
        run = Run(plan, Design(seed=7), "pre", False)
        model, work = run.risk.model, run.workspace(LANES)
        stream = run.seed, replicate
        sample_shared(model, stream, 0, LANES, work.risk)
        self.copula, self.names = run.risk.copula, run.risk.variables.names
        self.draws: dict[str, list[np.ndarray]] = {}
        for v, name in enumerate(self.names):
            row = np.zeros(LANES, np.float32)
            draw_row(model, v, stream, 0, LANES, work.risk, row)
            self.draws.setdefault(name, []).append(row)
        self.events: dict[int, list[np.ndarray]] = {}
        for key, place in zip(model.shared.event_key.tolist(), model.shared.event_place, strict=True):
            self.events.setdefault(key, []).append(work.risk.masks[place[EVENT_MASK]].copy())

    def correlated_with(self, risk: str) -> set[str]:
        """Streams in one correlation with a risk's own; correlations that share a variable count as one."""
        groups = [{self.names[v] for v in group.members} for group in self.copula.groups]
        found = {name for name in self.names if name.startswith(f"risk/{risk}/")}
        for _ in groups:
            found |= {name for group in groups if group & found for name in group}
        return found


def follows(plan: Plan, risk: str) -> set[str]:
    """Risks whose occurrence may change with a risk: it triggers them, or they exclude each other."""
    by_id = {r.id: r for r in plan.risks}
    found = {risk}
    for _ in plan.risks:
        groups = {by_id[r].exclusive for r in found if r in by_id} - {""}
        found |= {r.id for r in plan.risks if found & set(r.given) or r.exclusive in groups}
    return found


@settings(max_examples=40, deadline=None)
@given(edits(), st.integers(0, 15))
def test_editing_a_risk_moves_no_other_draw(edit, replicate):
    before, after, risk = edit
    first, second = Sampled(before, replicate), Sampled(after, replicate)
    aside = first.correlated_with(risk) | second.correlated_with(risk)
    compared = [name for name in first.draws if name not in aside]
    assert set(compared) == {name for name in second.draws if name not in aside}
    for name in compared:
        np.testing.assert_array_equal(first.draws[name], second.draws[name], err_msg=name)
    changed = follows(before, risk) | follows(after, risk)
    streams = {stream_key(f"factor/{f.id}/occurs") for f in before.factors}
    for r in (*before.risks, *after.risks):
        if r.id not in changed:
            streams.add(stream_key(f"risk/{r.id}/occurs"))
            streams |= {stream_key(f"risk/{r.id}/{kind}/P/{a.id}") for a in before.activities for kind in ("occurs", "recurs")}
    for key in streams:
        assert len(first.events.get(key, ())) == len(second.events.get(key, ()))
        for a, b in zip(first.events.get(key, ()), second.events.get(key, ()), strict=True):
            np.testing.assert_array_equal(a, b)
