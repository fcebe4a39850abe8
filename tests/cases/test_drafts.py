"""Drafts of the intake: told apart in lists, one file of each, and two tabs that do not undo each other."""

import re
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


# --- two tabs -----------------------------------------------------------------------------------------------


class Tab:
    """One page of the intake as a browser holds it: what it was given, and what is typed into it."""

    def __init__(self, client, address, page="person"):
        self.client, self.address = client, f"{address.rsplit('/', 2)[0]}/{page}/"
        self.read(client.get(self.address))

    def read(self, answer):
        self.body = answer.content.decode()
        self.given = re.search(r'name="given" value="([^"]+)"', self.body).group(1)
        self.autosave = re.search(r'data-autosave="([^"]+)"', self.body).group(1)

    def send(self, **boxes):
        answer = self.client.post(self.address, {"given": self.given, **boxes})
        if answer.status_code == 200:
            self.read(answer)
        return answer

    def leave(self, name, value):
        return self.client.post(self.autosave, {"field": name, "value": value})


def typed_now(people, as_):
    with as_(people.officer_bmc):
        return drafts.read(Draft.objects.get())


def test_an_old_tab_keeps_what_a_newer_one_saved(people, officer, as_):
    address = start(officer)
    old, newer = Tab(officer, address), Tab(officer, address)
    assert newer.send(alias="ឡាន", address="ភូមិ ១", birth_date_year="1990").status_code == 302
    assert old.send(alias="ឡាន", phone="012", address="", birth_date_year="").status_code == 302
    typed = typed_now(people, as_)
    assert (typed["address"], typed["phone"], typed["birth_date_year"]) == (["ភូមិ ១"], ["012"], ["1990"])


def test_what_two_tabs_changed_is_asked_and_nothing_is_lost(people, officer, as_):
    address = start(officer)
    old, newer = Tab(officer, address), Tab(officer, address)
    newer.send(alias="ឡាន", address="ភូមិ ១")
    answer = old.send(alias="ឡាន", address="ភូមិ ២", phone="012", to_list="1")
    assert answer.status_code == 200
    sentence = _(
        "This was changed in another tab meanwhile, to “%(answer)s”. Send the page again to keep what stands here."
    )
    assert sentence % {"answer": "ភូមិ ១"} in old.body
    assert "ភូមិ ២</textarea>" in old.body
    typed = typed_now(people, as_)
    assert (typed["address"], typed["phone"]) == (["ភូមិ ១"], ["012"])
    assert old.send(alias="ឡាន", address="ភូមិ ២", phone="012").status_code == 302
    assert typed_now(people, as_)["address"] == ["ភូមិ ២"]


def test_an_answer_that_a_newer_tab_emptied_stays_empty_unless_the_older_one_changed_it(people, officer, as_):
    address = start(officer)
    Tab(officer, address).send(alias="ឡាន", address="ភូមិ ១")
    old, older, newer = (Tab(officer, address) for _tab in range(3))
    newer.send(alias="ឡាន", address="")
    assert old.send(alias="ឡាន", address="ភូមិ ១").status_code == 302
    assert typed_now(people, as_)["address"] == [""]
    assert older.send(alias="ឡាន", address="ភូមិ ៣").status_code == 200
    told = _("This was emptied in another tab meanwhile. Send the page again to keep what stands here.")
    assert told in older.body


def test_fields_that_are_kept_as_they_are_left_belong_to_their_page(people, officer, as_):
    address = start(officer)
    old, newer = Tab(officer, address), Tab(officer, address)
    for part in ("ភូ", "ភូមិ"):
        assert newer.leave("address", part).status_code == 200
    assert newer.send(alias="ឡាន", address="ភូមិ ១").status_code == 302
    refused = old.leave("address", "ភូមិ ២")
    assert refused.status_code == 400
    assert refused.json() == {"error": _("This was changed in another tab meanwhile.")}
    assert old.leave("phone", "012").status_code == 200
    typed = typed_now(people, as_)
    assert (typed["address"], typed["phone"]) == (["ភូមិ ១"], ["012"])


def test_line_ends_and_the_language_switch_change_nothing(people, officer, as_):
    address = start(officer)
    first = Tab(officer, address)
    assert first.leave("address", "a\nb").status_code == 200
    old, newer = Tab(officer, address), Tab(officer, address)
    newer.send(alias="ឡាន", address="c", phone="1")
    switched = {"alias": "ឡាន", "address": "a\r\nb", "phone": "", "given": old.given}
    officer.post(reverse("language"), switched | {"_path": old.address, "language": "en"})
    body = officer.get(old.address).content.decode()
    assert "another tab" not in body
    typed = typed_now(people, as_)
    assert (typed["address"], typed["phone"]) == (["c"], ["1"])


@pytest.mark.parametrize("given", ["", "x", "a.b.c", "a.99999999999999.c", "\x00.1.2", "a.1"])
def test_a_page_that_tells_nothing_true_of_itself_is_kept_as_it_is(people, officer, as_, given):
    tab = Tab(officer, start(officer))
    assert officer.post(tab.address, {"given": given, "alias": "ឡាន"}).status_code == 302
    assert typed_now(people, as_)["alias"] == ["ឡាន"]
    assert officer.post(tab.address, {"given": given}).status_code == 200
    assert typed_now(people, as_)["alias"] == []
