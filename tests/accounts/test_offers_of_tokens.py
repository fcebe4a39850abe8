"""A token begins as an offer and gets its text from its own person alone; with their account it ends for good."""

import datetime

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import actions, tokens
from accounts.models import Membership, Token, User
from accounts.refusals import NotFound, NotNow, Refused
from audit.context import acting
from tests.factories import give_token

pytestmark = pytest.mark.django_db
INSERT = (
    "INSERT INTO accounts_token (id, person_id, membership_id, label, scope, digest, accepted_at, issued_at, "
    "issued_by_id, expires_at) VALUES (gen_random_uuid(), %s, %s, 'x', 'WRITE', %s, %s, %s, %s, now() + '30 days')"
)
ACCEPT = "UPDATE accounts_token SET digest = %s, accepted_at = now() WHERE id = %s"
DIGEST = tokens.digest("karpea_" + "x" * 43)
REFUSED = (IntegrityError, ProgrammingError)


@pytest.fixture
def offer(people):
    def offered(person, *, program="", by=people.administrator):
        with acting(by.as_actor()):
            return actions.offer_token(
                membership=Membership.objects.get(person=person),
                label="Test",
                scope="WRITE",
                expires_at=timezone.now() + datetime.timedelta(days=30),
                by=by,
                program=program,
            )

    return offered


def write(person, sql, *params):
    """What a raw statement of somebody does: so many rows, or refused. Taken back."""
    with acting(person.as_actor()):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql, params)
                done = cursor.rowcount
                transaction.set_rollback(True)
        except REFUSED:
            return "refused"
        return done


def calls(text):
    return Client(headers={"authorization": f"Bearer {text}"}).get("/api/v1/cases/").status_code


@pytest.mark.asvs("8.2.1", "8.3.1")
def test_nobody_writes_a_token_that_opens_something_but_its_own_person(people, offer):
    desk, admin, now = people.desk_1, people.administrator, timezone.now()
    with acting(admin.as_actor()):
        theirs = Membership.objects.get(person=desk).pk
        own = Membership.objects.get(person=admin).pk
    plain = (desk.pk, theirs, None, None, now, admin.pk)
    assert write(admin, INSERT, *plain) == 1, "an offer"
    for row in (
        (desk.pk, theirs, DIGEST, now, now, admin.pk),
        (desk.pk, theirs, DIGEST, None, now, admin.pk),
        (desk.pk, own, None, None, now, admin.pk),  # on the own word
        (desk.pk, theirs, None, None, now, people.auditor.pk),  # in another's name
    ):
        assert write(admin, INSERT, *row) == "refused", row
    assert write(desk, INSERT, desk.pk, theirs, DIGEST, now, now, admin.pk) == "refused"
    assert write(desk, INSERT, desk.pk, theirs, None, None, now, desk.pk) == "refused"

    given = offer(desk).pk
    assert write(admin, ACCEPT, DIGEST, given) == "refused"
    assert write(people.desk_2, ACCEPT, DIGEST, given) == 0
    assert write(desk, ACCEPT, DIGEST, given) == 1
    assert write(desk, "UPDATE accounts_token SET digest = %s WHERE id = %s", DIGEST, given) == "refused"
    assert write(desk, f"{ACCEPT.replace('SET', 'SET scope = scope,')}", None, given) == "refused"


def test_what_is_over_or_another_never_becomes_one(people, offer):
    officer, admin = people.officer_bmc, people.administrator
    late, ended, program = offer(officer), offer(officer), offer(officer, program="Register")
    kept, _text = give_token(officer, by=admin)
    with acting(admin.as_actor()):
        actions.revoke_token(token=ended, by=admin)
    assert write(officer, ACCEPT, DIGEST, ended.pk) == "refused"
    assert write(officer, ACCEPT, DIGEST, program.pk) == 1
    assert write(officer, ACCEPT, DIGEST, late.pk) == 1
    back = "UPDATE accounts_token SET revoked_at = NULL, revoked_by_id = NULL WHERE id = %s"
    other = "UPDATE accounts_token SET person_id = %s WHERE id = %s"
    longer = "UPDATE accounts_token SET expires_at = expires_at + '1 day', issued_at = now() WHERE id = %s"
    for who in (officer, admin):
        assert write(who, back, ended.pk) == "refused"
        assert write(who, other, people.desk_1.pk, kept.pk) == "refused"
        assert write(who, longer, late.pk) == "refused"
    assert write(officer, "UPDATE accounts_token SET digest = %s WHERE id = %s", DIGEST, kept.pk) == "refused"


def test_an_accomplice_accepts_no_token_that_acts_as_somebody_else(people, outside):
    """An administrator writes an offer by raw SQL in which another acts than whose word it rests on."""
    officer, admin, now = people.officer_bmc, people.administrator, timezone.now()
    with acting(admin.as_actor()):
        theirs = Membership.objects.get(person=officer).pk
        for person in (people.desk_1, people.head_bmc):
            with connection.cursor() as cursor:
                cursor.execute(INSERT, [person.pk, theirs, None, None, now, admin.pk])
    for (token,) in outside("SELECT id FROM accounts_token"):
        assert write(officer, ACCEPT, DIGEST, token) == "refused"


def test_a_week_later_it_is_no_offer_any_more(people, outside):
    officer, admin = people.officer_bmc, people.administrator
    long_ago = timezone.now() - datetime.timedelta(days=7, minutes=1)
    with acting(admin.as_actor()), connection.cursor() as cursor:
        theirs = Membership.objects.get(person=officer)
        cursor.execute(INSERT, [officer.pk, theirs.pk, None, None, long_ago, admin.pk])
    ((token,),) = outside("SELECT id FROM accounts_token")
    assert write(officer, ACCEPT, DIGEST, token) == "refused"
    with acting(officer.as_actor()), pytest.raises(NotNow):
        actions.accept_token(token=Token.objects.get(), by=officer)


def test_the_actions_ask_the_same(people, offer):
    given = offer(people.officer_bmc)
    with acting(people.administrator.as_actor()), pytest.raises(NotFound):
        actions.accept_token(token=given, by=people.administrator)
    with acting(people.officer_bmc_2.as_actor()):
        assert not Token.objects.exists()
    with acting(people.officer_bmc.as_actor()):
        _token, text = actions.accept_token(token=given, by=people.officer_bmc)
        with pytest.raises(NotNow):
            actions.accept_token(token=given, by=people.officer_bmc)
    assert calls(text) == 200
    with pytest.raises(Refused):
        offer(people.officer_bmc_2, by=people.officer_bmc)


@pytest.mark.parametrize("closer", ["administrator", "head_bmc"])
@pytest.mark.parametrize("program", ["", "Register"])
def test_a_closed_account_that_opens_again_has_no_token(people, offer, outside, events, closer, program):
    officer, by = people.officer_bmc, getattr(people, closer)
    _own, text = give_token(officer, by=people.administrator, program=program)
    _other, others = give_token(people.officer_bmc_2, by=people.administrator)
    waits = offer(officer)
    assert [calls(text), calls(others)] == [200, 200]
    with acting(by.as_actor()):
        actions.disable_person(person=officer, by=by)
    assert calls(text) == 401
    with acting(people.administrator.as_actor()):
        officer.refresh_from_db()
        actions.enable_person(person=officer, by=people.administrator)
    assert [calls(text), calls(others)] == [401, 200]
    with acting(officer.as_actor()), pytest.raises(NotNow):
        actions.accept_token(token=waits, by=officer)
    assert outside("SELECT DISTINCT revoked_by_id FROM accounts_token WHERE revoked_at IS NOT NULL") == [
        (by.pk,)
    ]
    told = [event[2] for event in events("TOKEN_REVOKED")]
    assert told == ([str(by.pk)] * 2 if closer == "administrator" else [])


def test_closing_by_any_statement_ends_them(people):
    _token, text = give_token(people.officer_bmc, by=people.administrator)
    with acting(people.administrator.as_actor()):
        User.objects.filter(pk=people.officer_bmc.pk).update(is_active=False)
        User.objects.filter(pk=people.officer_bmc.pk).update(is_active=True)
    assert calls(text) == 401


def test_the_first_wall_ends_them_alone(people, as_):
    """What Python does, before the account is closed: the statement of it, without the trigger."""
    token, _text = give_token(people.officer_bmc, by=people.administrator)
    with as_(people.administrator):
        tokens.revoke_all_of(people.officer_bmc, by=people.administrator)
        assert Token.objects.get(pk=token.pk).revoked_by_id == people.administrator.pk
