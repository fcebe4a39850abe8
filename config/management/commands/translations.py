"""Lists every string that has no good Khmer yet."""

from django.core.management.base import BaseCommand, CommandError

from config import translations
from config.local import catalogues


class Command(BaseCommand):
    help = "Lists the strings of the source that have no Khmer yet; --check makes that a failure."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="fail when something is listed")

    def handle(self, *args, check, **options):
        try:
            messages = translations.catalogue()
        except catalogues.Unreadable as problem:
            raise CommandError(str(problem)) from None
        lines = translations.owed(translations.everything_said(), messages)
        lines += [
            f"“{one.msgid}”: {problem}" for one in messages.values() for problem in translations.wrong(one)
        ]
        for line in lines:
            self.stdout.write(line)
        if check and lines:
            raise CommandError(f"{len(lines)} strings await their Khmer (docs/translation.md).")
