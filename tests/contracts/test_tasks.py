"""Celery only wakes what is already a row: tasks exist, take ids, and say who acts."""

import ast
import importlib
import inspect
import typing
import uuid

import pytest
from django.utils.module_loading import import_string

from config.celery import ActorTask, app

from .source import dotted, modules, none

for found in modules():
    if found.path.stem == "tasks":
        importlib.import_module(f"{found.app}.tasks")
TASKS = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
IDS = (str, int, uuid.UUID)


def test_every_beat_entry_is_a_task():
    for entry, plan in app.conf.beat_schedule.items():
        assert plan["task"] in TASKS, (
            f"beat entry {entry} names {plan['task']}, which does not exist (config/celery.py)."
        )
        assert import_string(plan["task"])


@pytest.mark.parametrize("name", sorted(TASKS))
def test_a_task_says_who_acts(name):
    from audit.context import SYSTEM_NAMES

    assert isinstance(TASKS[name], ActorTask), f"{name} is not an ActorTask: import the app of config.celery."
    assert TASKS[name].actor_name in SYSTEM_NAMES, f"{name} names no system actor (audit/context.py)."


@pytest.mark.parametrize("name", sorted(TASKS))
def test_a_task_takes_ids_only(name):
    """What goes through the broker stays in the broker: no names, no objects, no dictionaries."""
    function = inspect.unwrap(TASKS[name].run)
    hints = typing.get_type_hints(function)
    none(
        [
            f"{name}: argument {p} is not an id (str, int or UUID): read the row inside the task."
            for p in inspect.signature(function).parameters
            if hints.get(p) not in IDS
        ]
    )


def test_tasks_are_thin():
    """Ids in, load, one action: no task holds a rule of its own."""
    none(
        [
            f"{module.name}:{node.lineno} {node.name} has {len(node.body)} statements: put the work in actions.py."
            for module in modules()
            if module.path.stem == "tasks"
            for node in module.tree.body
            if isinstance(node, ast.FunctionDef) and len(node.body) > 6
        ]
    )


def test_a_request_never_waits_for_the_broker():
    """`.delay` and `apply_async` stand in one place that shrugs when the broker is away."""
    places = {
        module.name
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.Call)
        and dotted(node.func).split(".")[-1] in ("delay", "apply_async", "send_task")
    }
    assert len(places) <= 1, (
        f"Tasks are sent from {sorted(places)}: keep one door that survives a dead broker."
    )
