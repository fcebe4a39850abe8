"""Write the pages of docs/ that are drawn from the code, or compare them with it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import generated


class Command(BaseCommand):
    help = (
        "Write docs/lifecycle.md, access.md, trail.md and settings.md from the code; --check only compares."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when a page is not what the code says")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = generated.stale()
        if options["check"]:
            if stale:
                raise CommandError(f"Not what the code says: {', '.join(stale)}. Write anew: manage.py docs")
            return
        for path, text in generated.pages().items():
            (generated.ROOT / path).write_text(text, encoding="utf-8")
        self.stdout.write(f"Written anew: {', '.join(stale)}." if stale else "All pages were current.")
