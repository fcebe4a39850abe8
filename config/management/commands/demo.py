"""Load demonstration data into a cluster that was made for it. A second run does nothing."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Place, User
from audit.context import acting, system
from config.demo import load
from config.demo.people import ADMINISTRATOR


class Command(BaseCommand):
    help = "Load invented people, files and referrals (demonstration clusters only, once)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same data")
        parser.add_argument("--cases", type=int, default=500)

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_outside_demonstration()
        with acting(system("demo")):
            if User.objects.filter(sign_in_name=ADMINISTRATOR).exists():
                self.stdout.write("The demonstration data is there already.")
                return
            if not Place.objects.exists():
                raise CommandError("Places and code lists come first: load_places, load_codes, load_rules.")
        started = time.monotonic()
        load.load(load.Wanted(seed=options["seed"], cases=options["cases"]), say=self.say)
        self.stdout.write(f"Demonstration data loaded in {time.monotonic() - started:.0f} s.")

    def say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def refuse_outside_demonstration() -> None:
    if not settings.DEMO:
        raise CommandError("Only a cluster made for demonstration takes invented data (KARPEA_DEMO=1).")
    if settings.ROLE != "loader":
        raise CommandError("Demonstration data is loaded by the role loader (KARPEA_ROLE=loader).")
