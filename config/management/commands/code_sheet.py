"""Print a code sheet from the server, for an administrator whom nobody on the pages can help any more."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import actions
from accounts.models import Membership, User
from accounts.paper import in_columns
from accounts.roles import Role
from audit.context import acting, system


class Command(BaseCommand):
    help = "Print a new code sheet for an administrator, once (role loader). It is on the trail, and they are told."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sign_in_name")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ROLE != "loader":
            raise CommandError("The operator's sheet is printed by the role loader (KARPEA_ROLE=loader).")
        with acting(system("migration")):
            person = User.objects.filter(sign_in_name__iexact=options["sign_in_name"], is_active=True).first()
            is_administrator = (
                Membership.objects.live().filter(person=person, role=Role.ADMINISTRATOR).exists()
            )
            if person is None or not is_administrator:
                raise CommandError("Only an administrator needs this. Everybody else is helped on the pages.")
            sheet = actions.print_sheet(person=person, by=None)
        self.stdout.write(
            f"Codes of {person.sign_in_name}, shown this once. An older sheet has ended:\n{in_columns(sheet.codes)}"
        )
