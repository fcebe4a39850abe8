"""The suite's own ground: clones are apart, commits stay in them, the browser's site answers."""

import socket

import pytest
from django.db import connection

from audit.context import NoActor
from cases.models import Case
from tests import ground


def test_a_fresh_database_keeps_commits_to_itself(fresh_db, people, clones):
    people.officer_bmc.full_name_latin = "Changed"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_user")
        assert cursor.fetchone() == (fresh_db, "karpea_web")
    with ground.connected("loader"), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("karpea_loader",)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("karpea_web",)


@pytest.mark.django_db
def test_nothing_is_asked_without_an_actor():
    with pytest.raises(NoActor):
        Case.objects.count()


def test_a_test_may_not_call_elsewhere():
    with socket.socket() as plug, pytest.raises(RuntimeError, match="no network"):
        plug.connect(("192.0.2.1", 80))


def test_the_live_site_answers(site):
    from urllib.request import urlopen

    with urlopen(f"{site}/health/ready") as answer:  # noqa: S310  our own site
        assert answer.status == 200
