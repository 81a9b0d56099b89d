"""Finding activities by the ids that users write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from simcore.models.calendars import Calendar
from simcore.models.formats.native_fields import ALWAYS, Units
from simcore.models.plan import Activity, Plan, Project, Ref


class ActivityIndex:
    """Activities by bare id (where unique, or within one project) and by ``PROJECT:ID``."""

    def __init__(self, activities: Iterable[Activity], projects: Iterable[Project], calendars: Mapping[str, Calendar]):
        first = next(iter(calendars), "")
        self._units = {name: Units.of(calendar) for name, calendar in calendars.items()}
        self._default = {project.id: project.calendar or first for project in projects}
        self.activities = tuple(activities)
        self._by_id: dict[str, list[Activity]] = {}
        self._full: dict[str, Activity] = {}
        for activity in self.activities:
            self._by_id.setdefault(activity.id, []).append(activity)
            self._full[f"{activity.project}:{activity.id}"] = activity

    @staticmethod
    def of(plan: Plan) -> ActivityIndex:
        return ActivityIndex(plan.activities, plan.projects, plan.calendars)

    def find(self, text: str, project: str | None = None) -> Activity | None:
        """The activity a text names; a bare id first within ``project``."""
        known = self._by_id.get(text, ())
        if len(known) == 1:
            return known[0]
        for activity in known:
            if activity.project == project:
                return activity
        return self._full.get(text)

    def at(self, ref: Ref) -> Activity:
        """The activity of an identity that is known to be there."""
        return self._by_ref[ref]

    @cached_property
    def _by_ref(self) -> dict[Ref, Activity]:
        return {activity.ref: activity for activity in self.activities}

    def shown(self, activity: Activity) -> str:
        """The id users see, as :attr:`Plan.shown` has it."""
        return activity.id if len(self._by_id[activity.id]) == 1 else f"{activity.project}:{activity.id}"

    def names(self) -> list[str]:
        return [self.shown(activity) for activity in self.activities]

    def why_missing(self, text: str) -> str:
        """What is wrong with a text that names no activity."""
        if text in self._by_id:
            choices = " or ".join(f"'{activity.project}:{activity.id}'" for activity in self._by_id[text][:3])
            return f"'{text}' is in several projects; write {choices}."
        return f"there is no activity '{text}'."

    def project_calendar(self, project: str) -> str:
        return self._default.get(project, "")

    def calendar(self, activity: Activity) -> str:
        """Name of the calendar the activity runs on."""
        return activity.calendar or self.project_calendar(activity.project)

    def units(self, activity: Activity) -> Units:
        """What a day is for the durations of an activity."""
        return self.units_on(self.calendar(activity))

    def project_units(self) -> Units:
        """What a day is on the calendar of the (first) project."""
        return self.units_on(next(iter(self._default.values()), ""))

    def units_on(self, calendar: str | None) -> Units:
        """What a day is on a calendar; None is round the clock."""
        return ALWAYS if calendar is None else self._units.get(calendar, Units())
