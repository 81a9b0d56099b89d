"""Several plans of one project each put together as one plan."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from simcore.models.calendars import Calendar
from simcore.models.costs import Resource
from simcore.models.plan import Activity, Plan, Project, Ref, Relationship, Wbs


def join_projects(plans: Mapping[str, Plan], name: str) -> Plan:
    """One plan of several, each under its project's new id.

    Calendars that are the same are kept once; other calendars and resources that share a name get the project's id.
    """
    calendars: dict[str, Calendar] = {}
    resources: dict[str, Resource] = {}
    projects: list[Project] = []
    activities: list[Activity] = []
    links: list[Relationship] = []
    wbs: list[Wbs] = []
    for project_id, plan in plans.items():
        names = _add_calendars(plan, project_id, calendars)
        ids = {key: key if key not in resources else f"{project_id}:{key}" for key in plan.resources}
        for key, resource in plan.resources.items():
            calendar = None if resource.calendar is None else names[resource.calendar]
            resources[ids[key]] = replace(resource, id=ids[key], calendar=calendar)
        for project in plan.projects:
            calendar = None if project.calendar is None else names[project.calendar]
            scheduling = project.scheduling or plan.scheduling
            projects.append(replace(project, id=project_id, calendar=calendar, scheduling=scheduling))
        activities.extend(_moved(activity, project_id, names, ids) for activity in plan.activities)
        links.extend(
            replace(
                link,
                predecessor=Ref(project_id, link.predecessor.id),
                successor=Ref(project_id, link.successor.id),
            )
            for link in plan.relationships
        )
        wbs.extend(
            replace(node, code=f"{project_id}.{node.code}", parent=parent, project=project_id)
            for node in plan.wbs
            for parent in [node.parent and f"{project_id}.{node.parent}"]
        )
    first = next(iter(plans.values()))
    curves = {name: weights for plan in plans.values() for name, weights in plan.finance.curves.items()}
    return Plan(
        name=name,
        projects=tuple(projects),
        activities=tuple(activities),
        relationships=tuple(links),
        calendars=calendars,
        wbs=tuple(wbs),
        resources=resources,
        scheduling=first.scheduling,
        currency=first.currency,
        finance=replace(first.finance, curves=curves),
        source=first.source,
        notes=tuple(dict.fromkeys(note for plan in plans.values() for note in plan.notes)),
    )


def _add_calendars(plan: Plan, project_id: str, calendars: dict[str, Calendar]) -> dict[str, str]:
    """The name under which each calendar of a plan is kept."""
    names: dict[str, str] = {}
    for key, calendar in plan.calendars.items():
        name = key
        if calendars.get(key, calendar) != calendar:
            name = f"{key} ({project_id})"
        calendars[name] = replace(calendar, name=name)
        names[key] = name
    return names


def _moved(activity: Activity, project_id: str, calendars: dict[str, str], resources: dict[str, str]) -> Activity:
    return replace(
        activity,
        project=project_id,
        calendar=activity.calendar and calendars[activity.calendar],
        wbs=activity.wbs and f"{project_id}.{activity.wbs}",
        assignments=tuple(
            replace(assignment, resource=assignment.resource and resources[assignment.resource])
            for assignment in activity.assignments
        ),
    )
