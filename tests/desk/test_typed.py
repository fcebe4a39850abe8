"""What was typed comes back to whoever typed it and to nobody else, whoever is signed in when it arrives."""

import re
import threading
import time
import uuid

import psycopg
import pytest
from django.core import signing
from django.db import connection, transaction
from django.urls import reverse

from accounts.models import SubjectKey
from accounts.vault import CannotOpen, Subject, ensure_key, make_key, seal, unseal
from audit.context import acting, system
from desk import drafts, typed
from desk.models import Draft
from tests import ground
from tests.browsing import hidden
from tests.factories import make_case

WAITING = """
SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database OR l.locktype = 'transactionid'
 WHERE NOT l.granted AND d.datname = current_database()
"""
WORDS = "បានជួបនៅមណ្ឌល"


@pytest.fixture
def case(people):
    return make_case(by=people.officer_bmc, full=True)


@pytest.fixture
def note(case):
    return reverse("cases:note", args=[case.number])


@pytest.fixture
def kept(as_):
    """`kept(person)`: the texts kept for somebody, as the fields of each."""

    def ask(person):
        with as_(person):
            return [drafts.read(d) for d in Draft.objects.filter(kind="TYPED").order_by("created_at", "pk")]

    return ask


def page(client, address):
    """The form as the browser has it: what it sends beside the answers. Its key would send each form once only."""
    fields = hidden(client.get(address))
    return {name: values for name, values in fields.items() if name != "once"}


def key():
    return {"once": uuid.uuid4().hex}


SENT_TO = {
    "its page": None,
    "another language": "language",
    "the quick exit": "quick_exit",
    "the lock": "lock",
}


@pytest.mark.parametrize("where", SENT_TO)
def test_text_of_one_person_is_never_given_to_the_next_at_the_same_computer(
    people, note, client_of, sign_in, kept, where
):
    client = client_of(people.officer_bmc, enforce_csrf_checks=True)
    fields = page(client, note) | key()
    sign_in(client, people.officer_bmc_2)  # in another tab
    client.get(note)
    own = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value} if "csrftoken" in client.cookies else {}
    address = reverse(SENT_TO[where]) if SENT_TO[where] else note
    for token in ({}, own):  # an old key, and one that the page's script renewed
        client.post(address, fields | token | {"text": WORDS}, headers={"sec-fetch-site": "same-origin"})
    assert kept(people.officer_bmc_2) == []
    assert [draft["text"] for draft in kept(people.officer_bmc)] == [[WORDS]] * 2
    sign_in(client, people.officer_bmc_2)
    assert WORDS not in client.get(note).content.decode()
    sign_in(client, people.officer_bmc)
    assert WORDS in client.get(note).content.decode()


def test_a_form_without_our_signature_plants_nothing(people, note, client, kept):
    forged = signing.dumps(str(people.officer_bmc.pk), salt="another")
    for owner in (forged, str(people.officer_bmc.pk), ""):
        for address in (note, reverse("quick_exit"), reverse("lock"), reverse("language")):
            client.post(address, {"text": WORDS, "_path": note, "typed_by": owner} | key())
    assert kept(people.officer_bmc) == []
    right = typed.mark(people.officer_bmc)
    client.post(note, {"text": WORDS, "typed_by": right} | key())
    assert len(kept(people.officer_bmc)) == 1


@pytest.mark.parametrize("where", SENT_TO)
@pytest.mark.parametrize("age", [800, 902, 2000])
def test_the_pages_own_clock_is_never_too_late(people, note, client_of, kept, where, age):
    client = client_of(people.officer_bmc)
    fields = page(client, note) | key()
    session = client.session
    session["seen"] = int(time.time()) - age
    with acting(system("sign-in")):
        session.save()
    sent = client.post(reverse(SENT_TO[where]) if SENT_TO[where] else note, fields | {"text": WORDS})
    ended = age > 1000
    if where == "its page":  # in time it is a note, later it waits
        assert [draft["text"] for draft in kept(people.officer_bmc)] == ([[WORDS]] if ended else [])
    else:
        assert [draft["text"] for draft in kept(people.officer_bmc)] == [[WORDS]]
    if where == "another language":
        assert ("kept=1" in sent["Location"]) == ended


def test_looking_again_shows_it_again_until_it_is_sent(people, note, client_of, kept):
    client = client_of(people.officer_bmc)
    with acting(people.officer_bmc.as_actor()):
        for text in ("ចាស់", WORDS):
            drafts.carry(user=people.officer_bmc, path=note, data={"text": [text]})
    for _look in range(2):
        assert WORDS in client.get(note).content.decode()
    fields = page(client, note)
    wrong = client.post(note, fields | {"text": WORDS, "happened_on_year": "2090"})
    assert len(kept(people.officer_bmc)) == 2
    client.post(note, {"kept": hidden(wrong)["kept"], "text": WORDS})
    assert [draft["text"] for draft in kept(people.officer_bmc)] == [["ចាស់"]]
    assert "ចាស់" in client.get(note).content.decode()


def test_text_that_was_interrupted_twice_is_forgotten_as_one(people, note, client_of, client, kept):
    signed_in = client_of(people.officer_bmc)
    first = page(signed_in, note)
    client.post(note, first | {"text": "មួយ"} | key())  # the session is over
    second = page(signed_in, note)
    client.post(note, second | {"text": "ពីរ"} | key())
    assert len(kept(people.officer_bmc)) == 2
    signed_in.post(note, page(signed_in, note) | {"text": "បី"})
    assert kept(people.officer_bmc) == []


def test_a_search_is_forgotten_when_it_was_made(people, client_of, kept):
    client, find = client_of(people.officer_bmc), reverse("cases:find")
    fields = page(client, find) | {"_path": find, "question": "សុខ"}
    client.post(reverse("language"), fields | {"language": "en"})
    assert len(kept(people.officer_bmc)) == 1
    fields = page(client, find)
    client.post(find, fields | {"question": " "})
    assert len(kept(people.officer_bmc)) == 1
    client.post(find, fields | {"question": "សុខ"})
    assert kept(people.officer_bmc) == []


def test_a_stale_form_shows_both_versions_and_keeps_the_words(people, case, client_of, kept):
    first, second = client_of(people.officer_bmc), client_of(people.officer_bmc_2)
    move = reverse("cases:move", args=[case.number, "find_no_indicators"])
    fields = page(second, move) | {"version": case.version, "reason": WORDS, "source": "PHONE"}
    first.post(reverse("cases:move", args=[case.number, "start_screening"]), {"version": case.version})
    late = second.post(move, fields)
    body = late.content.decode()
    assert late.status_code == 409
    assert WORDS in body
    assert "PHONE" not in body  # in words, not as a code
    assert f'href="{reverse("cases:detail", args=[case.number])}"' in body
    again = second.get(move)
    assert WORDS in again.content.decode()
    assert re.search(r'name="version" value="2"', again.content.decode())
    sent = second.post(move, page(second, move) | {"version": 2, "reason": WORDS})
    assert sent.status_code == 302
    assert kept(people.officer_bmc_2) == []


def test_words_for_a_move_that_has_closed_can_be_copied_or_added_as_a_note(people, case, client_of, kept):
    first, second = client_of(people.officer_bmc), client_of(people.officer_bmc_2)
    move = reverse("cases:move", args=[case.number, "start_screening"])
    assert "<textarea" in second.get(move).content.decode()
    first.post(move, {"version": case.version})
    closed = second.get(move).content.decode()
    assert "<textarea" not in closed
    assert second.post(move, {"version": case.version, "reason": WORDS}).status_code == 409
    shown = second.get(move)
    assert re.search(rf"<textarea[^>]*>{WORDS}\s*</textarea>", shown.content.decode())
    second.post(reverse("cases:note", args=[case.number]), {"text": WORDS, "kept": hidden(shown)["kept"]})
    assert kept(people.officer_bmc_2) == []
    assert WORDS in first.get(reverse("cases:detail", args=[case.number])).content.decode()


def test_an_answer_that_was_emptied_stays_empty_in_the_other_language(people, client_of, as_):
    client = client_of(people.officer_bmc)
    with as_(people.officer_bmc):
        draft = drafts.start(
            by=people.officer_bmc,
            kind=Draft.Kind.INTAKE,
            data={"alias": ["ក"], "name_km": ["សុខ"], "means": ["DECEPTION"], "acts": ["RECRUITMENT"]},
        )

    def switch(section, typed_there):
        address = reverse("cases:draft_section", args=[draft.pk, section])
        client.post(reverse("language"), page(client, address) | {"_path": address} | typed_there)
        client.get(address)
        with as_(people.officer_bmc):
            return drafts.read(Draft.objects.get(pk=draft.pk))

    held = switch("person", {"alias": "ក", "name_km": ""})
    assert (held["alias"], held["name_km"], held["means"]) == (["ក"], [""], ["DECEPTION"])
    held = switch("means", {"acts": ["RECRUITMENT"]})
    assert (held["acts"], held["means"], held["alias"]) == (["RECRUITMENT"], [], ["ក"])
    assert switch("means", {})["acts"] == []


def test_signing_out_leaves_no_mark_of_the_person_in_the_browser(people, client):
    client.post(reverse("account_login"), {"login": "officer_bmc", "password": "a long sentence for tests"})
    assert client.cookies["sessionid"].value
    client.post(reverse("account_logout"))
    left = {name for name, morsel in client.cookies.items() if morsel.value}
    assert left <= {"csrftoken", "messages"}


def test_an_address_that_cannot_be_stored_is_not_found(people, case, client_of):
    client = client_of(people.officer_bmc, raise_request_exception=False)
    assert client.post("/files/a\x00b/note/", {"text": "x"} | key()).status_code == 404
    assert client.post(f"/files/{case.number}/note/", {"text": "x"} | key()).status_code == 302


def test_two_first_drafts_at_once_use_one_key(people, fresh_db):
    """The second waits for the first, then seals under the same key."""
    person, made, go = people.nobody, threading.Event(), threading.Event()
    sealed = []

    def start():
        try:
            with acting(person.as_actor()):
                sealed.append(drafts.start(by=person, kind=Draft.Kind.INTAKE, data={"alias": ["ក"]}).pk)
                made.set()
                go.wait(30)
        finally:
            connection.close()

    first, second = threading.Thread(target=start), threading.Thread(target=start)
    first.start()
    assert made.wait(30)
    second.start()
    with psycopg.connect(**ground.conninfo("web", fresh_db), autocommit=True) as watch:
        end = time.monotonic() + 30
        while second.is_alive() and time.monotonic() < end:
            waiting = watch.execute(WAITING).fetchone()
            if waiting and waiting[0]:
                break
    go.set()
    first.join(30)
    second.join(30)
    assert len(sealed) == 2
    with acting(person.as_actor()):
        assert SubjectKey.objects.filter(subject=person.pk).count() == 1
        assert [drafts.read(Draft.objects.get(pk=pk)) for pk in sealed] == [{"alias": ["ក"]}] * 2


def test_a_key_that_was_rolled_back_seals_nothing(people, db):
    person, row = people.nobody, uuid.uuid4()
    subject = Subject("STAFF", person.pk)

    def make_and_fail(make):
        with transaction.atomic():
            with transaction.atomic():
                make(subject)
            seal("x", subject=subject, place="a.b", row=row)
            raise ZeroDivisionError

    with acting(person.as_actor()):
        for make in (make_key, ensure_key):
            with pytest.raises(ZeroDivisionError):
                make_and_fail(make)
            with pytest.raises(CannotOpen):
                seal("x", subject=subject, place="a.b", row=row)
        ensure_key(subject)
        blob = seal("x", subject=subject, place="a.b", row=row)
    with acting(person.as_actor()):
        assert unseal(blob, subject=subject, place="a.b", row=row) == "x"
