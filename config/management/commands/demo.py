"""Load demonstration data into a cluster that was made for it. A second run adds what is missing, if anything."""

import os
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Place, User
from audit.context import acting, system
from cases.models import Case
from config.demo import load
from config.demo.many import crowd
from config.demo.people import ADMINISTRATOR

#: Up to here each file is played act by act, referrals and reads among them.
STORIES = 2000


class Command(BaseCommand):
    help = "Load invented people, files and referrals (demonstration clusters only, once)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same data")
        parser.add_argument("--cases", type=int, default=500, help=f"those beyond {STORIES} come by COPY")
        parser.add_argument("--processes", type=int, default=min(os.cpu_count() or 1, 8))

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_outside_demonstration()
        with acting(system("demo")):
            people, there = User.objects.filter(sign_in_name=ADMINISTRATOR).exists(), Case.objects.count()
            if not Place.objects.exists():
                raise CommandError("Places and code lists come first: load_places, load_codes, load_rules.")
        if people and options["cases"] <= max(there, STORIES):
            self.stdout.write("The demonstration data is there already.")
            return
        started = time.monotonic()
        if not people:
            there = min(options["cases"], STORIES)
            load.load(load.Wanted(seed=options["seed"], cases=there), say=self.say)
        if options["cases"] > there:
            self.add(there, options)
        self.stdout.write(f"Demonstration data loaded in {time.monotonic() - started:.0f} s.")

    def add(self, there: int, options: dict[str, Any]) -> None:
        many, seed, processes = options["cases"] - there, options["seed"], options["processes"]
        rows = crowd.load(many, seed=seed, processes=processes, say=self.say, first=there)
        self.say(f"{rows:,} rows of {many:,} files, history and trail among them.")

    def say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def refuse_outside_demonstration() -> None:
    if not settings.DEMO:
        raise CommandError("Only a cluster made for demonstration takes invented data (KARPEA_DEMO=1).")
    if settings.ROLE != "loader":
        raise CommandError("Demonstration data is loaded by the role loader (KARPEA_ROLE=loader).")
