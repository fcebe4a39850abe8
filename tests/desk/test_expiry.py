"""What has had its time is deleted by the worker's own role, a step at a time; what has not is out of its sight."""

import datetime

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from audit.context import acting, system
from desk import drafts, expiry
from desk.models import Draft, Once
from desk.tasks import forget_expired
from tests import ground


@pytest.fixture
def old_and_new(people, fresh_db):
    """Three of each that are over and one of each that is not."""
    person, now = people.officer_bmc, timezone.now()
    with acting(person.as_actor()):
        for number in range(4):
            draft = drafts.start(by=person, kind=Draft.Kind.TYPED, data={"text": ["x"]}, path=f"/{number}/")
            if number:
                Draft.objects.filter(pk=draft.pk).update(expires_at=now - datetime.timedelta(seconds=1))
            sent = now - datetime.timedelta(days=8 if number else 6)
            Once(person=person, key=f"once-key-{number}", path="/", created_at=sent).save(force_insert=True)
            ends = now + datetime.timedelta(hours=-1 if number else 1)
            Session.objects.create(session_key=f"{number}" * 32, session_data="x", expire_date=ends)
    return person


def left(person):
    with acting(person.as_actor()):
        return Draft.objects.count(), Once.objects.count(), Session.objects.count()


@pytest.mark.asvs("14.2.7")
def test_the_worker_deletes_what_is_over_and_nothing_else(old_and_new, fresh_db, monkeypatch):
    with ground.connected("worker", fresh_db):
        with acting(system("export")):  # another part of the system does not even see it
            assert (Draft.objects.count(), Once.objects.count()) == (0, 0)
        with acting(system("expiry")):
            assert (Draft.objects.count(), Once.objects.count()) == (3, 3)
        monkeypatch.setattr(expiry, "STEP", 2)
        forget_expired()
    assert left(old_and_new) == (2, 2, 2)
    with ground.connected("worker", fresh_db):
        forget_expired()
    assert left(old_and_new) == (1, 1, 1)
