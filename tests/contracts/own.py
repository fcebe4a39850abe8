"""The models of the project, for the contracts that hold every one of them."""

from django.apps import apps

from .source import LAYERS


def is_history(model) -> bool:
    return hasattr(model, "instance_type") or model.__name__.startswith("Historical")


def own_models(*, history: bool = False) -> list:
    """Every concrete model of ours; with `history`, their Historical twins too."""
    return [
        model
        for app in LAYERS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if history or not is_history(model)
    ]


def twins() -> list[tuple]:
    """(model, its Historical twin) for every model that keeps history."""
    return [(model, model.history.model) for model in own_models() if hasattr(model, "history")]


def named(model) -> str:
    return model.__name__ if isinstance(model, type) else ""
