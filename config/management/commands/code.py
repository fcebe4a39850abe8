"""Print the code that an invented person's app shows now (demonstration clusters only)."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.factors import PERIOD, SKEW, code_at, opened, step_now
from accounts.models import Factor
from audit.context import acting, system
from config.demo.people import secret_of


class Command(BaseCommand):
    help = "Print the code with which an invented person signs in now (demonstration clusters only)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sign_in_name")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is no demonstration: everybody's codes are their own.")
        name, secret = options["sign_in_name"], secret_of(options["sign_in_name"])
        with acting(system("demo")):
            apps = (
                Factor.objects.live().filter(person__sign_in_name=name, kind=Factor.Kind.APP).order_by("pk")
            )
            app = next((one for one in apps if opened(one) == secret), None)
        if app is None:
            raise CommandError(f"{name} is nobody here, or has no longer the app of the demonstration.")
        # A code that was used is worth nothing; the next one is taken half a minute early.
        step = max(step_now(), app.counter + 1)
        if step > step_now() + SKEW:
            raise CommandError(f"The codes of now are used. Try again in {PERIOD} seconds.")
        self.stdout.write(code_at(secret, step))
