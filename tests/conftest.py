"""What holds for all tests."""
from __future__ import annotations

from hypothesis import settings

# The same examples every time, and no time limit for one: machines that run tests are busy.
settings.register_profile("simcore", deadline=None, derandomize=True)
settings.load_profile("simcore")
