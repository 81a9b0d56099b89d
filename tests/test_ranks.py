"""Ranks against SciPy's."""
from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.stats import rankdata

from simcore.ranks import average_ranks


@given(arrays(np.int64, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12), elements=st.integers(-4, 4)))
def test_ranks_of_rows_with_ties(values):
    np.testing.assert_array_equal(average_ranks(values), rankdata(values, axis=1))


def test_ranks_of_many_values_without_ties():
    values = np.random.default_rng(1).normal(size=(3, 10_000))
    np.testing.assert_array_equal(average_ranks(values), rankdata(values, axis=1))
