"""Migrations say what they do, are complete, and can be taken back."""

import importlib
import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, migrations
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation

from tests import ground

from .source import LAYERS, modules, none

OWN = [
    (module.app, module.path.stem)
    for module in modules(*LAYERS, migrations=True)
    if "migrations" in module.path.parts and module.path.stem != "__init__"
]


def test_none_is_missing():
    loader = MigrationLoader(None)
    with translation.override(None):
        detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
        changes = detector.changes(graph=loader.graph)
    none(
        [
            f"{app}: {operation.describe()}: write the migration (manage.py makemigrations --name ...)."
            for app, found in changes.items()
            if app in LAYERS
            for migration in found
            for operation in migration.operations
        ]
    )


@pytest.mark.parametrize(("app", "name"), OWN)
def test_a_migration_has_a_name_of_its_own(app, name):
    none(
        [f"{app}/migrations/{name}.py was named by the machine: say what it does."]
        if re.search(r"_(auto|initial|alter|remove|add|rename)_|_auto$|\d{8}|_and_more$|_initial$", name)
        else []
    )


@pytest.mark.parametrize(("app", "name"), OWN)
def test_a_migration_can_be_taken_back(app, name):
    migration = importlib.import_module(f"{app}.migrations.{name}").Migration
    none(
        [
            f"{app}/migrations/{name}.py: {operation.describe()} has no way back."
            for operation in migration.operations
            if (not operation.reversible and not isinstance(operation, migrations.RunPython))
            or (isinstance(operation, migrations.RunPython) and operation.reverse_code is None)
        ]
    )


def test_no_migration_makes_a_role():
    """Roles belong to the cluster (config/local/roles.sql); a migration only grants."""
    none(
        [
            f"{module.name} makes or changes a role: that is config/local/roles.sql."
            for module in modules(*LAYERS, migrations=True)
            if "migrations" in module.path.parts and re.search(r"\b(CREATE|ALTER|DROP) ROLE\b", module.text)
        ]
    )


def test_everything_can_be_taken_back_and_done_again(fresh_db):
    """From the newest state to before the people, and forward again, as the role that migrates."""
    with ground.connected("migrator"):
        for app in LAYERS:
            if app != "audit":
                call_command("migrate", app, "zero", verbosity=0, interactive=False)
        call_command("migrate", verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_policies WHERE tablename LIKE 'cases%'")
            assert cursor.fetchone()[0] > 20
