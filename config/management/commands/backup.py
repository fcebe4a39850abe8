"""Make one backup now, or one each night, and forget those whose time is over."""

import datetime
import logging
import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config import alive
from config.backups import expire, make, manifest
from config.backups.troubles import Trouble

log = logging.getLogger("karpea.backup")
AGAIN = 15 * 60


class Command(BaseCommand):
    help = "Dump the database, sealed, into a folder (role backup). --at 01:30 stays and does it every night."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, default=None, help="folder (KARPEA_BACKUPS)")
        parser.add_argument(
            "--at", default="", metavar="HH:MM", help="stay, and make one each day at this time"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ROLE != "backup":
            raise CommandError(
                "Backups are made by the role backup, which may only read (KARPEA_ROLE=backup)."
            )
        folder = options["to"] or Path(os.environ.get("KARPEA_BACKUPS", "backups"))
        if not options["at"]:
            try:
                self.once(folder)
            except Trouble as problem:
                raise CommandError(str(problem)) from None
            return
        self.every_day(folder, _clock(options["at"]))

    def once(self, folder: Path) -> None:
        begun = time.monotonic()
        dump = make.make(folder)
        old = expire.expire(folder, days=expire.kept_days(), months=expire.kept_months())
        alive.sign("backup")
        self.stdout.write(
            f"{dump} made in {time.monotonic() - begun:.1f} s: {dump.stat().st_size} bytes. "
            f"{len(manifest.dumps(folder))} backups are kept, {len(old)} were deleted because their time is over."
        )

    def every_day(self, folder: Path, at: datetime.time) -> None:
        """A night that failed is tried again in a quarter of an hour; what is kept is never deleted for it."""
        due = _next(at)
        while True:
            alive.sign("backup-clock")
            if timezone.localtime() < due:
                time.sleep(30)
                continue
            try:
                self.once(folder)
                due = _next(at)
            except Exception:  # whatever it was, the next try may go well
                log.exception("the backup failed")
                due = timezone.localtime() + datetime.timedelta(seconds=AGAIN)


def _clock(text: str) -> datetime.time:
    try:
        return datetime.time.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is no time of the day; write 01:30.") from None


def _next(at: datetime.time) -> datetime.datetime:
    now = timezone.localtime()
    today = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if today > now else today + datetime.timedelta(days=1)
