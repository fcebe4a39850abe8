from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from . import celery  # noqa: F401  the task app must exist before a task is sent
