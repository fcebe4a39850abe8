"""Add the first administrator of a new installation, from the server: afterwards people add each other on pages."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError

from accounts import actions
from accounts.models import Agency, Membership
from accounts.paper import in_columns
from accounts.roles import Role
from audit.context import acting, system

#: No signs that look like another.
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


class Command(BaseCommand):
    help = "Add the first administrator and print a password and a code sheet, once (role loader)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sign_in_name")
        parser.add_argument("--name-km", required=True, help="full name in Khmer")
        parser.add_argument("--name-latin", default="", help="full name in Latin letters")
        parser.add_argument(
            "--agency", default="NCCT", help="code of the agency; made where it is not there yet"
        )
        parser.add_argument("--agency-kind", default=Agency.Kind.COMMITTEE, choices=Agency.Kind.values)
        parser.add_argument("--agency-km", default="គណៈកម្មាធិការជាតិប្រយុទ្ធប្រឆាំងអំពើជួញដូរមនុស្ស")
        parser.add_argument("--agency-en", default="National Committee for Counter Trafficking")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ROLE != "loader":
            raise CommandError("The first administrator is added by the role loader (KARPEA_ROLE=loader).")
        password = "-".join("".join(secrets.choice(SIGNS) for _sign in range(5)) for _group in range(4))
        with acting(system("migration")):
            if Membership.objects.filter(role=Role.ADMINISTRATOR).exists():
                raise CommandError(
                    "There is, or was, an administrator already. Administrators add others on the pages of the site."
                )
            agency = Agency.objects.filter(code=options["agency"]).first() or actions.add_agency(
                code=options["agency"],
                kind=options["agency_kind"],
                name_km=options["agency_km"],
                name_en=options["agency_en"],
                by=None,
            )
            person = actions.add_person(
                sign_in_name=options["sign_in_name"],
                full_name_km=options["name_km"],
                full_name_latin=options["name_latin"],
                password_hash=make_password(password),
                by=None,
            )
            actions.start_membership(person=person, agency=agency, role=Role.ADMINISTRATOR, by=None)
            # Nobody else is there yet who could print it: the operator alone gives both halves, this once.
            sheet = actions.print_sheet(person=person, by=None)
        self.stdout.write(
            f"{options['sign_in_name']} may sign in with this password, which is shown this once: {password}\n"
            "The second page asks for one of these codes by its number. Each works once; they are shown this once:\n"
            f"{in_columns(sheet.codes)}"
        )
