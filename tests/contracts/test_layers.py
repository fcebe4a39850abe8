"""Imports and migration dependencies point one way: reports > referrals > cases > desk > accounts > audit.

A lower app that needs a higher one is told by a setting (bottom of config/settings.py) or by a row.
"""

import importlib

from .source import APPS, LAYERS, modules, none

ORDER = {app: place for place, app in enumerate(LAYERS)}


def test_imports_point_down():
    none(
        [
            f"{module.name}:{line} imports {target}: {module.app} may import only "
            f"{', '.join(LAYERS[ORDER[module.app] + 1 :]) or 'no other app'}. Wire it by setting, or move it."
            for module in modules(*LAYERS, migrations=True)
            for line, target in module.imports()
            if (app := target.split(".")[0]) in ORDER and ORDER[app] < ORDER[module.app]
        ]
    )


def test_config_is_imported_by_nobody():
    none(
        [
            f"{module.name}:{line} imports {target}: config wires the apps and is imported by none. Move what is "
            f"needed down (accounts/fields.py holds shared form fields)."
            for module in modules(*LAYERS, migrations=True)
            for line, target in module.imports()
            if target.split(".")[0] == "config"
        ]
    )


def test_an_app_imports_itself_relatively():
    none(
        [
            f"{module.name}:{line} imports {target}: inside an app write `from .x import y`."
            for module in modules(*LAYERS)
            if "management" not in module.path.parts
            for line, target in module.imports()
            if target.split(".")[0] == module.app
        ]
    )


def test_migrations_depend_downwards():
    found = []
    for module in modules(*LAYERS, migrations=True):
        if "migrations" not in module.path.parts or module.path.stem == "__init__":
            continue
        migration = importlib.import_module(f"{module.app}.migrations.{module.path.stem}").Migration
        found += [
            f"{module.name} depends on {app}.{name}, which lies above {module.app}: turn the dependency round."
            for app, name in migration.dependencies
            if app in ORDER and ORDER[app] < ORDER[module.app]
        ]
    none(found)


def test_every_app_is_in_the_order():
    from django.conf import settings

    own = [app for app in settings.INSTALLED_APPS if "." not in app and app in APPS]
    assert sorted(own) == sorted(APPS)
