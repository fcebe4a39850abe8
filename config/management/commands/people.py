"""Print who can be tried out in a demonstration cluster: sign-in name, role, agency, and one sentence."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts.models import Agency, Province, User
from accounts.roles import Role
from audit.context import acting, system
from config.demo.people import PASSWORD, Persona, personas


class Command(BaseCommand):
    help = "List the invented people with their password (demonstration clusters only)."
    requires_system_checks = ()  # data alone: it needs no pages

    def add_arguments(self, parser: ArgumentParser) -> None:
        # Few terminals draw Khmer well, so English unless asked.
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en")
        parser.add_argument("--all", action="store_true", help="also those without a sentence of their own")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is no demonstration: its people and their passwords are their own.")
        with acting(system("demo")), translation.override(options["language"]):
            present = set(User.objects.values_list("sign_in_name", flat=True))
            agencies = {agency.code: agency.name for agency in Agency.objects.all()}
            letters = list(Province.objects.order_by("pk").values_list("letters", flat=True))
            everybody = [one for one in personas(letters) if one.name in present]
            if not everybody:
                raise CommandError("No demonstration people are here yet: manage.py demo")
            shown = [one for one in everybody if one.sentence or options["all"]]
            self.stdout.write(f"Everybody's password: {PASSWORD}")
            self.stdout.write(f"The second page asks for a code:  make code WHO={shown[0].name}\n\n")
            for persona in shown:
                self.tell(persona, agencies)
            if len(shown) < len(everybody):
                self.stdout.write(
                    f"\n{len(everybody)} people in all: an officer for each province (officer.bmc ... officer.tbk), "
                    "heads, police, organisations, shelters. Every name: make people"
                )

    def tell(self, persona: Persona, agencies: dict[str, str]) -> None:
        role, code = persona.posts[0]
        self.stdout.write(f"  {persona.name:<17} {Role(role).label}, {agencies[code]}")
        if persona.sentence:
            self.stdout.write(f"  {'':<17} {persona.sentence}")
