"""Tables of columns, read row by row or handed to pandas."""
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

    from simcore.activities import ActivityTable
    from simcore.scheduling import Schedule


def rows(table: ActivityTable | Schedule) -> Iterator[dict[str, Any]]:
    """A table as one dictionary a row."""
    names = list(table.columns)
    for values in zip(*(table.columns[name] for name in names), strict=True):
        yield dict(zip(names, values, strict=True))


def to_pandas(table: ActivityTable | Schedule) -> pandas.DataFrame:
    """A table as a DataFrame; needs pandas."""
    from simcore.models.errors import MissingExtraError

    try:
        import pandas
    except ImportError:
        raise MissingExtraError("to_pandas needs pandas; install it with: pip install 'simcore[pandas]'") from None
    return pandas.DataFrame(dict(table.columns))
