"""The tables that the passes work on: columns of nodes and links, rows of lanes."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simcore.kernel_calendar import CalendarTables, LaneCalendars

NONE = -(2**30)  # no bound on an early date
NEVER = 2**30  # no bound on a late date
NO_PIN, PIN_START, PIN_FINISH, PIN_PLACED = range(4)  # the last binds early dates only
LOOK_UP = 5  # the scratch row that calendar look-ups use
SCRATCH_ROWS = 7
# Where a node without duration is shown on a calendar boundary: early and late forward and back, but a start milestone stays
# late, a finish milestone early on the side that its logic asked for; the last is Microsoft Project's way.
SNAP_FORWARD, SNAP_START, SNAP_FINISH, SNAP_NEAREST = range(4)


# Columns of Logic.nodes; clock minutes unless said otherwise.
CALENDAR = 0
EARLIEST = 1  # start not before
EARLIEST_FINISH = 2  # finish not before, or NONE
LATEST = 3  # start not after, or NEVER
LATEST_FINISH = 4
PIN = 5  # a mandatory date overrides the logic
PINNED = 6
SNAP = 7  # for nodes without duration
GAP = 8  # minutes of work the node waits inside (splits)
DELAY = 9  # minutes of work between what its logic allows and its start
EXPECTED = 10  # expected finish replaces the duration, or NONE
PROJECT = 11
STARTS_USED = 12  # something follows from its start, so the start is needed in every iteration
LINKS_AT = 13  # links that bound its start begin here in Logic.links,
LINKS_MIDDLE = 14  # those that bound its finish here,
LINKS_END = 15  # and end here
CAP = 16  # start not after, whatever the links ask, or NEVER
CAP_FINISH = 17
FIRST_OF = 18  # it happens with the first of what its links ask, not with the last
OPEN_END = 19  # its own early finish bounds its late finish
FLOAT_CALENDAR = 20  # on which total float is counted
INSIDE = 21  # minutes by which a milestone across a shift boundary stands inside the shift
AS_LATE = 22  # moves after the forward pass: one of the following
EXISTS = 23  # row of Rows.masks that says whether there is such an activity; -1: always
OPENS = 24  # the data date: where what does not exist stands when nothing comes before it
DELAY_ROW = 25  # row of Rows.delays: minutes of work that risks put before its start; -1: none
ASKED = 26  # whether a condition asks about it
NODE_COLUMNS = 27

# Columns of Logic.links, sorted by successor.
SOURCE = 0
FROM_FINISH = 1
LAG = 2  # minutes
SHARE = 3  # lag in millionths of the predecessor's duration
LAG_CALENDAR = 4  # -1: clock time
TARGET = 5
BY_CHANCE = 6  # whether any of the following matters, or an end may not exist
LAG_ROW = 7  # row of Rows.lags that replaces the lag; -1: none
HOLDS = 8  # row of Rows.masks that says whether the link is there; -1: always
LINK_COLUMNS = 9

# Columns of ChanceLogic.conditions: what is asked of a node, the mask that says whether it came out above the limit.
ASKED_NODE, ASKED_KIND, ANSWER, LIMIT, STOPS = range(5)
CONDITION_COLUMNS = 5
BY_START, BY_FINISH, BY_DURATION, BY_COST = range(4)  # ASKED_KIND; LIMIT is in minutes, of cost it stands with the costs

ROW_START, ROW_FINISH, ROW_DURATION = range(3)  # the rows of a node
# AS_LATE: as far as its successors' early dates allow (P6), to its late dates (Microsoft Project), as what moves so asks.
TO_SUCCESSORS, TO_LATE_DATES, AFTER_OTHERS = 1, 2, 3


class Logic(NamedTuple):
    """All a pass needs: activities that logic schedules, in topological order, with their links and calendars."""

    nodes: npt.NDArray[np.int32]  # (nodes, NODE_COLUMNS)
    links: npt.NDArray[np.int32]  # (links, LINK_COLUMNS)
    calendars: CalendarTables | LaneCalendars


class ChanceLogic(NamedTuple):
    """The same of a plan in which chance decides about logic; its type is what the kernels for that are compiled for.

    ``exist`` lists the masks that a node's existence hangs on, and the value they must have; ``exist_at`` where those of
    the mask of every EXISTS begin. Plain logic does without these: every array more costs every call of a kernel.
    """

    nodes: npt.NDArray[np.int32]
    links: npt.NDArray[np.int32]
    calendars: CalendarTables | LaneCalendars
    exist_at: npt.NDArray[np.int32]  # (masks of the logic + 1,)
    exist: npt.NDArray[np.int32]  # (entries, 2)
    conditions: npt.NDArray[np.int32]  # (conditions, CONDITION_COLUMNS)


class Rows(NamedTuple):
    """Three rows of lanes a node, and scratch rows."""

    of: npt.NDArray[np.int32]  # (nodes, 3, lanes)
    scratch: npt.NDArray[np.int32]  # (SCRATCH_ROWS, lanes filled up to words)


class ChanceRows(NamedTuple):
    """The same, and what chance decides about the logic."""

    of: npt.NDArray[np.int32]
    scratch: npt.NDArray[np.int32]
    masks: npt.NDArray[np.uint8]  # (masks, lanes) what happens, holds, exists
    lags: npt.NDArray[np.int32]  # (uncertain lags, lanes)
    delays: npt.NDArray[np.int32]  # (nodes that risks strike at their start, lanes)
