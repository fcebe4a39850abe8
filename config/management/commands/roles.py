"""Make the roles of Karpea and its database, or bring their passwords up to date. Safe to run again."""

from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from psycopg import sql

from config.backups import programs
from config.given import database, need

FOLDER = Path(settings.BASE_DIR) / "config" / "local"
ADDRESSES = ("WEB", "WORKER", "MIGRATOR", "LOADER", "BACKUP")
KHMER = "SELECT cardinality(show_trgm('ការពារ'))"


class Command(BaseCommand):
    help = "Make the database's roles with the passwords of DATABASE_URL_…, and the database (role admin)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ROLE != "admin":
            raise CommandError("Roles are made by the cluster's administrator (KARPEA_ROLE=admin).")
        name = settings.DATABASES["default"]["NAME"]
        with psycopg.connect(**programs.where("postgres"), autocommit=True) as session:
            session.execute(
                "SELECT pg_advisory_lock(hashtext('karpea roles'))"
            )  # two at once would disturb each other
            for address in ADDRESSES:
                one = database(need(f"DATABASE_URL_{address}"))
                setting = f"karpea.password_{one['USER']}"
                session.execute("SELECT set_config(%s, %s, false)", [setting, one["PASSWORD"]])
            session.execute((FOLDER / "roles.sql").read_bytes())
            query = "SELECT FROM pg_database WHERE datname = %s"
            if session.execute(query, [name]).fetchone() is None:
                session.execute(sql.SQL("CREATE DATABASE {} OWNER karpea_owner").format(sql.Identifier(name)))
        with psycopg.connect(**programs.where(name), autocommit=True) as session:
            session.execute((FOLDER / "database.sql").read_bytes())
            (letters,) = session.execute(KHMER).fetchone() or (0,)
        if not letters:
            raise CommandError(
                "This PostgreSQL loses Khmer letters in searches: make its cluster anew with the locale C.UTF-8 "
                "(docs/install.md)."
            )
        self.stdout.write(f"Roles and the database {name} are as they should be.")
