"""Bring the first code of conduct into its table, where there is none yet. A draft until the committee confirms it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from accounts import actions
from accounts.models import ConductText
from audit.context import acting, system

DATA = Path(__file__).resolve().parents[2] / "data" / "conduct"


class Command(BaseCommand):
    help = "Load the proposed code of conduct (safe to run again; what is there stays)."

    def handle(self, *args: Any, **options: Any) -> None:
        with acting(system("migration")):
            is_new = not ConductText.objects.exists()
            if is_new:
                given = {
                    f"text_{one}": (DATA / f"{one}.txt").read_text("utf-8").strip() for one in ("km", "en")
                }
                actions.publish_conduct(**given, is_confirmed=False, by=None)
        self.stdout.write(f"Code of conduct: {'version 1 loaded' if is_new else 'there already'}.")
