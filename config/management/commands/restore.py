"""Bring a backup back, or only try whether it would come back (--drill)."""

import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.backups import manifest
from config.backups.restore import Done, restore
from config.backups.troubles import Trouble


class Command(BaseCommand):
    help = "Restore a backup (role admin): into a database of its own, checked there, then put in place."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "dump", nargs="?", type=Path, help="the file; without it, the newest of KARPEA_BACKUPS"
        )
        parser.add_argument("--drill", action="store_true", help="only try it, beside the running database")
        parser.add_argument("--replace", action="store_true", help="put it where a database with data stands")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ROLE != "admin":
            raise CommandError("Restoring is done by the cluster's administrator (KARPEA_ROLE=admin).")
        begun = time.monotonic()
        try:
            dump = options["dump"] or manifest.newest(Path(os.environ.get("KARPEA_BACKUPS", "backups")))
            done = restore(dump, replace=options["replace"], drill=options["drill"])
        except Trouble as problem:
            raise CommandError(str(problem)) from None
        self.tell(dump, done, drill=options["drill"], seconds=time.monotonic() - begun)

    def tell(self, dump: Path, done: Done, *, drill: bool, seconds: float) -> None:
        empty = sorted(place for place, number in done.opened.items() if not number)
        self.stdout.write(
            f"{dump.name}: {done.rows} rows, the trail, walls and triggers are as they were; "
            f"{sum(done.opened.values())} sealed columns were opened, one value each ({seconds:.1f} s)."
        )
        if empty:
            self.stdout.write(f"Nothing was there to open in: {', '.join(empty)}.")
        if drill:
            self.stdout.write(
                "A drill: the running database was not touched, and the trial is deleted again."
            )
            return
        self.stdout.write(
            "It stands in place, everybody is signed out, and the trail says so. Then: migrate."
        )
        if done.before:
            self.stdout.write(
                f"The database from before is kept as {done.before}; drop it when you are sure."
            )
