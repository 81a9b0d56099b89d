"""Hypothesis strategies for names, texts, dates and numbers of plans."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st

NAMES = st.one_of(
    st.sampled_from(
        ["A1000", "010", "NO", "1.10", "a b", "Pump FS", "A SS+3d", "P1:A", "~", "<<", "x: y", 'ü, "q" #1', "-", "*"]
    ),
    st.text(min_size=1, max_size=12).filter(lambda text: text.strip() == text),
)
TEXTS = st.one_of(st.just(""), NAMES, st.text(max_size=30))
MOMENTS = st.integers(0, 3000).map(lambda n: datetime(2025, 1, 1) + timedelta(hours=7 * n, minutes=15 * (n % 4)))
MAYBE_MOMENT = st.one_of(st.none(), MOMENTS)
MINUTES = st.integers(0, 40_000)
MONEY = st.one_of(st.just(0.0), st.integers(0, 10**7).map(lambda n: n / 100), st.floats(-1e9, 1e9))
SHARES = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.1, 0.333, 1.0]))
MAYBE_TEXT = st.one_of(st.none(), NAMES)


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(st.none(), strategy)
