"""Drafts of the intake: told apart in lists, one file of each, and two tabs that do not undo each other."""

import threading
import time
import uuid

import pytest
from django.db import connection, connections, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.context import acting
from cases.models import Case
from desk import drafts
from desk.models import Draft
from tests.cases.pages import ENOUGH, send, start

# --- one file of one draft ----------------------------------------------------------------------------------


def wait_until_both_wait(name):
    """Two other sessions of this database wait for a lock that is held here."""
    for _look in range(600):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'",
                [name],
            )
            if cursor.fetchone()[0] == 2:
                return
        time.sleep(0.05)
    pytest.fail("The two requests did not come to the draft.")


def test_two_tabs_that_send_one_draft_at_once_make_one_file(fresh_db, people, officer, client_of):
    check = send(officer, start(officer), ENOUGH)
    answers = []

    def make(client):
        try:
            answers.append(client.post(check, {"once": str(uuid.uuid4())})["Location"])
        finally:
            connections.close_all()

    tabs = [threading.Thread(target=make, args=[client_of(people.officer_bmc)]) for _tab in range(2)]
    with acting(people.officer_bmc.as_actor()), transaction.atomic():
        list(Draft.objects.select_for_update())
        [tab.start() for tab in tabs]
        wait_until_both_wait(fresh_db)
    [tab.join() for tab in tabs]
    with acting(people.officer_bmc.as_actor()):
        number = Case.objects.get().number
    assert answers == [reverse("cases:receipt", args=[number])] * 2


def test_every_old_page_of_a_draft_leads_to_its_file_and_holds_nothing_more(people, officer, as_):
    check = send(officer, start(officer), ENOUGH)
    receipt = officer.post(check)["Location"]
    draft = check.rsplit("/", 2)[0]
    for page in ("", "officials/", "person/", "check/", "delete/"):
        assert officer.get(f"{draft}/{page}")["Location"] == receipt
    assert officer.post(check)["Location"] == receipt
    late = officer.post(f"{draft}/person/", {"alias": "ក្រោយ"}, follow=True)
    assert late.redirect_chain == [(receipt, 302)]
    assert _("The file is made. Add what is new to it as a note.") in late.content.decode()
    assert officer.post(f"{draft}/save/", {"field": "alias", "value": "x"}).status_code == 400
    with as_(people.officer_bmc):
        assert list(drafts.read(Draft.objects.get())) == ["made"]
        assert Case.objects.count() == 1
    assert draft not in officer.get(reverse("reports:my_work")).content.decode()


# --- lists --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["reports:my_work", "cases:find"])
def test_drafts_are_told_apart_by_their_word_and_how_they_were_reported(officer, page):
    from accounts import codes

    for word, channel in (("កាបូបខៀវ", "HOTLINE_117"), ("ឡានលេខ ៣", "SELF")):
        send(officer, start(officer), {"report": {"channel": channel}, "person": {"alias": word}})
    start(officer)
    shown = officer.get(reverse(page)).content.decode()
    for part in (
        "កាបូបខៀវ",
        "ឡានលេខ ៣",
        codes.label("CHANNEL", "HOTLINE_117"),
        codes.label("CHANNEL", "SELF"),
    ):
        assert part in shown
    assert shown.count(_("Draft without a file word")) == 1
