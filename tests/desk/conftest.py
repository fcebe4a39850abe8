"""An auditor who exports, the exports that are theirs, and the worker that makes them."""

import pytest
from django.db import connection

from desk.models import Export
from desk.tasks import make_waiting_exports
from tests import ground


@pytest.fixture
def files(tmp_path, settings):
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def auditor(client_of, people):
    client = client_of(people.auditor)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def mine(people, as_):
    def ask():
        with as_(people.auditor):
            return list(Export.objects.order_by("asked_at", "pk"))

    return ask


@pytest.fixture
def work(fresh_db, files):
    """`work()`: what a worker does when the clock ticks, as the worker's own role."""

    def tick(times=1):
        with ground.connected("worker"):
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_user")
                assert cursor.fetchone() == ("karpea_worker",)
            for _time in range(times):
                make_waiting_exports()

    return tick
