"""Adding people, agencies and rights: administrators alone, each act once on the trail, nothing half."""

import datetime

import pytest
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import actions
from accounts.models import Agency, Membership, Province, ProvinceAgencyRight, User
from accounts.refusals import Refused
from accounts.roles import Role
from audit.context import acting, system

HASH = make_password("not used for signing in")


def new_person(by, name="new.person"):
    return actions.add_person(
        sign_in_name=name, full_name_km="ពពក សុភា", full_name_latin="Popok Sophea", password_hash=HASH, by=by
    )


def new_agency(by):
    return actions.add_agency(
        code="NEW", kind="NGO", name_km="ថ្មី", name_en="New", takes_referrals=True, by=by
    )


def test_an_administrator_makes_an_agency_a_person_and_a_role(people, as_, events):
    with as_(people.administrator):
        agency, person = new_agency(people.administrator), new_person(people.administrator)
        actions.start_membership(person=person, agency=agency, role=Role.NGO_WORKER, by=people.administrator)
    with as_(person):
        assert person.rights.agencies == (str(agency.pk),)
        assert Role.NGO_WORKER in person.rights.roles
    for kind in ("AGENCY_ADDED", "PERSON_ADDED", "MEMBERSHIP_STARTED"):
        assert [event[2] for event in events(kind)][-1] == str(people.administrator.pk)


def test_a_role_ends_with_its_last_day(people, as_, events):
    with as_(people.administrator):
        post = Membership.objects.get(person=people.officer_bmc)
        yesterday = timezone.localdate() - datetime.timedelta(days=1)
        actions.end_membership(membership=post, ends_on=yesterday, by=people.administrator)
    with as_(people.officer_bmc):
        assert people.officer_bmc.rights.roles == frozenset()
    assert len(events("MEMBERSHIP_ENDED")) == 1


def test_a_province_right_opens_and_ends(people, as_, events):
    with as_(people.administrator):
        agency = Agency.objects.get(code="DOSVY-BTB")
        right = actions.give_province_right(
            agency=agency, province=Province.objects.get(pk=1), reason="stands in", by=people.administrator
        )
    with as_(people.officer_btb):
        assert people.officer_btb.rights.provinces == {1, 2}
    with as_(people.administrator):
        actions.end_province_right(right=right, by=people.administrator)
    with as_(people.officer_btb):
        assert people.officer_btb.rights.provinces == {2}
    assert ProvinceAgencyRight.objects.model.__name__ in str(right)
    assert len(events("RIGHT_GIVEN")) >= 1
    assert len(events("RIGHT_ENDED")) == 1


def test_nobody_else_changes_people_or_rights(people, as_):
    for person in (people.officer_bmc, people.head_bmc, people.auditor, people.desk_1):
        with as_(person), pytest.raises(Refused):
            new_person(person)
        with as_(person), pytest.raises(Refused):
            new_agency(person)


def test_without_a_name_only_the_system_acts(people, as_):
    with as_(people.administrator), pytest.raises(Refused):
        new_person(None)
    with acting(system("demo")):
        assert new_person(None).pk


def test_nobody_gives_a_role_to_themselves(people, as_):
    with as_(people.administrator), pytest.raises(Refused):
        actions.start_membership(
            person=people.administrator,
            agency=Agency.objects.get(code="NCCT"),
            role=Role.NATIONAL_DESK,
            by=people.administrator,
        )


def test_a_password_is_never_taken_for_its_hash(people, as_):
    with as_(people.administrator), pytest.raises(ValueError, match="algorithm"):
        actions.add_person(
            sign_in_name="x",
            full_name_km="x",
            full_name_latin="",
            password_hash="plain words",
            by=people.administrator,
        )
    with as_(people.administrator):
        assert not User.objects.filter(sign_in_name="x").exists()


def test_a_sign_in_name_taken_in_other_letters_writes_nothing(people, as_, events):
    before = len(events("PERSON_ADDED"))
    with as_(people.administrator), pytest.raises(IntegrityError), transaction.atomic():
        new_person(people.administrator, name=people.officer_bmc.sign_in_name.upper())
    assert len(events("PERSON_ADDED")) == before
