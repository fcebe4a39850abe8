"""The vault: what was sealed comes back the same to who may open it, and to nobody else, nowhere else."""

import base64
import os
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.vault import CannotOpen, Subject, blind, make_key, seal, unseal
from audit.context import acting
from cases import vault
from cases.models import Case, Identity, Note, Victim
from tests.factories import STORY, add_note, make_case

pytestmark = pytest.mark.django_db

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def mine(people, as_):
    """A key of one's own, while acting."""
    subject = Subject("STAFF", people.nobody.pk)
    with as_(people.nobody):
        make_key(subject)
        yield subject


@given(value=values)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_every_value_comes_back_as_it_went_in(mine, value):
    row = uuid.uuid4()
    sealed = seal(value, subject=mine, place="t.c", row=row)
    assert (sealed is None) == (value is None)
    assert unseal(sealed, subject=mine, place="t.c", row=row) == value


@pytest.mark.parametrize("value", ["", 0, False, "0", []])
def test_empty_is_not_nothing(mine, value):
    row = uuid.uuid4()
    sealed = seal(value, subject=mine, place="t.c", row=row)
    assert sealed is not None
    opened = unseal(sealed, subject=mine, place="t.c", row=row)
    assert opened == value
    assert type(opened) is type(value)


@pytest.mark.asvs("11.3.4")
def test_equal_values_look_different_each_time(mine):
    row = uuid.uuid4()
    assert seal("x", subject=mine, place="t.c", row=row) != seal("x", subject=mine, place="t.c", row=row)


@pytest.mark.asvs("11.3.3")
def test_moved_to_another_row_or_column_it_does_not_open(mine):
    row = uuid.uuid4()
    sealed = seal("secret", subject=mine, place="t.c", row=row)
    for place, other in (("t.c", uuid.uuid4()), ("t.d", row), ("u.c", row)):
        with pytest.raises(CannotOpen):
            unseal(sealed, subject=mine, place=place, row=other)


@pytest.mark.asvs("11.3.3")
@pytest.mark.parametrize("where", [0, 1, 13, -1])
def test_one_changed_byte_does_not_open(mine, where):
    row = uuid.uuid4()
    sealed = bytearray(seal("secret", subject=mine, place="t.c", row=row))
    sealed[where] ^= 1
    with pytest.raises(CannotOpen):
        unseal(bytes(sealed), subject=mine, place="t.c", row=row)


def test_another_wrapping_key_does_not_open(people, settings):
    case = make_case(by=people.officer_bmc, full=True)
    settings.VAULT_KEYS = {"k1": base64.b64encode(os.urandom(32)).decode()}
    with acting(people.officer_bmc.as_actor()), pytest.raises(CannotOpen, match="wrapping key"):
        vault.summary(Case.objects.get(pk=case.pk))


def test_a_wrapping_key_that_is_gone_is_named(people, settings):
    case = make_case(by=people.officer_bmc, full=True)
    settings.VAULT_KEYS = {"k9": base64.b64encode(os.urandom(32)).decode()}
    with acting(people.officer_bmc.as_actor()), pytest.raises(CannotOpen, match="'k1'"):
        vault.summary(Case.objects.get(pk=case.pk))


@pytest.mark.asvs("11.2.2")
def test_a_new_wrapping_key_leaves_old_files_readable(people, settings):
    old = make_case(by=people.officer_bmc, full=True)
    settings.VAULT_KEYS = {**settings.VAULT_KEYS, "k2": base64.b64encode(os.urandom(32)).decode()}
    new = make_case(by=people.officer_bmc, full=True)
    with acting(people.officer_bmc.as_actor()):
        for case in (old, new):
            assert vault.summary(Case.objects.get(pk=case.pk)) == STORY["summary"]


def test_a_file_opens_to_its_officer_part_by_part(people, as_):
    case = make_case(by=people.officer_bmc, full=True, alias="ផ្កា")
    add_note(case, by=people.officer_bmc, text="ទូរស័ព្ទ")
    with as_(people.officer_bmc):
        assert vault.alias(Victim.objects.get(case=case)) == "ផ្កា"
        assert vault.account(case.facts) == STORY["account"]
        assert vault.reasons(case.risks.get()) == STORY["risk_reasons"]
        assert vault.note_text(Note.objects.get(case=case)) == "ទូរស័ព្ទ"
        assert vault.reveal(Identity.objects.get(case=case)) == STORY["identity"]


def test_the_identity_of_one_file_does_not_open_in_another(people, as_):
    one, other = (make_case(by=people.officer_bmc, full=True) for _ in range(2))
    with as_(people.officer_bmc):
        stolen = Identity.objects.get(case=one)
        planted = Identity.objects.get(case=other)
        planted.sealed = stolen.sealed
        with pytest.raises(CannotOpen):
            vault.reveal(planted)


def test_who_sees_a_summary_only_has_no_key_of_the_person(people, as_):
    case = make_case(by=people.ngo_hope, full=True)
    with as_(people.ngo_hope):
        identity = Identity.objects.get(case=case)
    with as_(people.officer_bmc):
        assert Case.objects.filter(pk=case.pk).exists()
        with pytest.raises(CannotOpen, match="out of reach"):
            vault.reveal(identity)


def test_a_blind_key_tells_equality_and_nothing_else(settings):
    assert blind("sok", column="name") == blind("sok", column="name")
    assert blind("sok", column="name") != blind("sok", column="number")
    before = blind("sok", column="name")
    settings.INDEX_KEY = base64.b64encode(os.urandom(32)).decode()
    assert blind("sok", column="name") != before
    assert b"sok" not in before
