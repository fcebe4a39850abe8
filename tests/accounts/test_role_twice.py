"""Nobody has one role at one agency twice in the same days: whoever ends it would have ended nothing."""

import datetime
import threading

import pytest
from django.db import IntegrityError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.models import Agency, Membership
from accounts.refusals import NotNow
from accounts.roles import Role
from audit.context import acting

DAY = datetime.timedelta(days=1)


def at(name, *args):
    return reverse(f"place:{name}", args=args)


def agency(code="DOSVY-BMC"):
    return Agency.objects.get(code=code)


def give(people, person, starts_on=None, code="DOSVY-BMC", role=Role.PROVINCIAL_OFFICER):
    with acting(people.administrator.as_actor()):
        return actions.start_membership(
            person=person, agency=agency(code), role=role, starts_on=starts_on, by=people.administrator
        )


def end(people, post, **more):
    with acting(people.administrator.as_actor()):
        return actions.end_membership(membership=post, by=people.administrator, **more)


def raw(people, person, starts_on, ends_on=None, **more):
    """Past the sentence: what the database says by itself."""
    with acting(people.administrator.as_actor()), transaction.atomic():
        Membership(
            person=person,
            agency=agency(),
            role=Role.PROVINCIAL_OFFICER,
            starts_on=starts_on,
            ends_on=ends_on,
            **more,
        ).save(force_insert=True)


@pytest.mark.django_db
def test_the_page_refuses_it_and_the_end_of_the_one_role_ends_access(people, client_of, as_):
    client, officer = client_of(people.head_bmc), people.officer_bmc
    with as_(people.head_bmc):
        place = str(agency().pk)
    here = {"agency": place, "role": "PROVINCIAL_OFFICER"}
    answer = client.post(at("role_new", officer.pk), here)
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors()
    with as_(people.head_bmc):
        post = Membership.objects.get(person=officer)
    assert client.post(at("role_end", officer.pk, post.pk), {"when": "AT_ONCE"}).status_code == 302
    assert client_of(officer).get(reverse("cases:list")).status_code == 403
    assert client.post(at("role_new", officer.pk), here).status_code == 302, "given anew on the same day"
    assert client_of(officer).get(reverse("cases:list")).status_code == 200


@pytest.mark.django_db
def test_in_other_days_or_with_another_role_it_is_given(people):
    today, officer = timezone.localdate(), people.officer_bmc
    give(people, officer, role=Role.PROVINCIAL_HEAD)
    give(people, officer, code="DOSVY-BTB")
    for starts_on in (None, today - 900 * DAY, today + 900 * DAY):
        with pytest.raises(NotNow):
            give(people, officer, starts_on)
        with pytest.raises(IntegrityError):
            raw(people, officer, starts_on or today)
    with acting(people.administrator.as_actor()):
        posts = Membership.objects.filter(person=officer, role=Role.PROVINCIAL_OFFICER)
        post = posts.get(agency__code="DOSVY-BMC")
    end(people, post, ends_on=today + 9 * DAY)
    with pytest.raises(IntegrityError):
        raw(people, officer, today + 9 * DAY)
    later = give(people, officer, today + 10 * DAY)
    with pytest.raises(NotNow):
        end(people, post, ends_on=today + 10 * DAY)
    with acting(people.administrator.as_actor()), pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=post.pk).update(ends_on=None)
    end(people, later, at_once=True)
    give(people, officer, today + 10 * DAY)


@pytest.mark.django_db
def test_who_stands_in_holds_it_beside_the_own_one(people, as_, hire):
    """For two posts of one role, of two people."""
    second = hire(people.nobody, "DOSVY-BMC", Role.PROVINCIAL_HEAD)
    today = timezone.localdate()
    for holder in (people.head_bmc, second):
        with as_(holder):
            post = Membership.objects.get(person=holder, role=Role.PROVINCIAL_HEAD)
            actions.let_stand_in(
                post=post, person=people.officer_bmc, starts_on=today, ends_on=today + DAY, by=holder
            )


def test_of_two_at_once_one_is_refused(fresh_db, people):
    """Two administrators give the same role at the same moment."""
    told, barrier = [], threading.Barrier(2)

    def one(days):
        try:
            barrier.wait(10)
            raw(people, people.nobody, timezone.localdate() - days * DAY)
            told.append("given")
        except IntegrityError as no:
            told.append(no.__cause__.diag.constraint_name)
        finally:
            connections.close_all()

    both = [threading.Thread(target=one, args=(days,)) for days in (0, 1)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(30)
    assert sorted(told) == ["given", "membership_once"]


@pytest.mark.django_db
def test_the_page_of_the_end_says_what_goes_on(people, client_of, as_, hire):
    officer = people.officer_bmc

    def lines(reader):
        with as_(people.administrator):
            post = Membership.objects.get(person=officer, role=Role.PROVINCIAL_OFFICER)
        return client_of(reader).get(at("role_end", officer.pk, post.pk)).context["lines"]

    (nothing,) = lines(people.administrator)
    hire(officer, "NGO-HOPE", Role.NGO_WORKER)
    hire(officer, "DOSVY-BMC", Role.PROVINCIAL_HEAD)
    here, elsewhere = lines(people.administrator)
    with as_(people.administrator):
        assert agency().name in here
        assert agency("NGO-HOPE").name in elsewhere
    seen, hidden = lines(people.head_bmc)
    assert seen == here
    assert hidden not in (nothing, elsewhere)
    with as_(people.head_bmc):
        assert agency("NGO-HOPE").name not in hidden
