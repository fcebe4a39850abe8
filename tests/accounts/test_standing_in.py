"""A colleague stands in for the holder of an approving post: the same rights in both walls, for some days."""

import datetime

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts import actions
from accounts.models import Membership
from accounts.refusals import NotFound, NotNow, Refused
from accounts.roles import Role
from audit.context import acting
from cases import actions as files
from tests.factories import make_case

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
WELL = {"reason": "she is well", "closure": "GOALS_ACHIEVED"}


def post_of(person):
    with acting(person.as_actor()):
        return Membership.objects.get(person=person, stands_in_for=None)


def stand_in(person, *, of, by=None, days=(0, 20), reason=""):
    by, today, post = by or of, timezone.localdate(), post_of(of)
    with acting(by.as_actor()):
        return actions.let_stand_in(
            post=post,
            person=person,
            starts_on=today + days[0] * DAY,
            ends_on=today + days[1] * DAY,
            by=by,
            reason=reason,
        )


def settings_of(person):
    with acting(person.as_actor()), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.roles'), current_setting('app.manages')")
        return cursor.fetchone(), person.rights


def test_who_stands_in_may_what_the_post_may(people, as_, outside):
    officer, head = people.officer_bmc_2, people.head_bmc
    case = make_case(by=people.officer_bmc, status="CLOSURE_REVIEW")
    with as_(officer), pytest.raises(Refused):
        files.move(case=case, verb="CLOSE", by=officer, **WELL)
    given = stand_in(officer, of=head)
    (roles, manages), rights = settings_of(officer)
    assert "PROVINCIAL_HEAD" in roles
    assert str(given.agency_id) in manages
    assert Role.PROVINCIAL_HEAD in rights.roles
    assert [post.stands_in for post in rights.posts] == [False, True]
    assert settings_of(head)[1].roles == {Role.PROVINCIAL_HEAD}
    with as_(officer):
        files.move(case=case, verb="CLOSE", by=officer, **WELL)
    last = outside("SELECT kind, actor_role, actor_agency FROM audit_event ORDER BY seq DESC LIMIT 1")
    assert last == [("FILE_MOVED", "PROVINCIAL_HEAD/STANDING_IN", "DOSVY-BMC")]
    (event,) = outside(
        "SELECT actor, actor_role, detail->>'agency' FROM audit_event WHERE kind = 'STAND_IN_GIVEN'"
    )
    assert event == (str(head.pk), "PROVINCIAL_HEAD", "DOSVY-BMC")


def test_nobody_grants_their_own_request_through_it(people, as_):
    officer = people.officer_bmc_2
    stand_in(officer, of=people.head_bmc)
    case = make_case(by=people.officer_bmc, status="FOLLOW_UP")
    with as_(officer):
        asked = files.move(case=case, verb="ASK_CLOSURE", by=officer, **WELL)
        with pytest.raises(NotNow) as refusal:
            files.move(case=asked, verb="CLOSE", by=officer, **WELL)
    assert refusal.value.sentence == gettext(
        "You brought the file to this step yourself: a colleague decides."
    )
    with as_(people.head_bmc):
        files.move(case=asked, verb="CLOSE", by=people.head_bmc, **WELL)


@pytest.mark.parametrize("why", ["days", "future", "post", "holder", "agency"])
def test_it_counts_only_while_both_are_live(people, outside, why):
    officer = people.officer_bmc_2
    given = stand_in(officer, of=people.head_bmc, days=(3, 9) if why == "future" else (0, 20))
    change = {
        "days": "UPDATE accounts_membership SET ends_on = starts_on - 1 WHERE id = %s",
        "future": "UPDATE accounts_membership SET reason = '' WHERE id = %s",
        "post": "UPDATE accounts_membership SET ends_on = current_date - 2 WHERE id = "
        "(SELECT stands_in_for_id FROM accounts_membership WHERE id = %s)",
        "holder": "UPDATE accounts_user SET is_active = false WHERE id = (SELECT o.person_id FROM "
        "accounts_membership o JOIN accounts_membership m ON m.stands_in_for_id = o.id WHERE m.id = %s)",
        "agency": "UPDATE accounts_agency SET is_active = false WHERE id = "
        "(SELECT agency_id FROM accounts_membership WHERE id = %s)",
    }[why]
    assert outside(f"{change} RETURNING 1", [given.pk]) == [(1,)]
    (roles, manages), rights = settings_of(officer)
    assert "PROVINCIAL_HEAD" not in roles
    assert manages == "{}"
    assert Role.PROVINCIAL_HEAD not in rights.roles


def test_either_ends_it_early_and_a_stranger_finds_nothing(people, as_, events):
    for days, who in enumerate(("head_bmc", "officer_bmc_2", "administrator")):
        given = stand_in(people.officer_bmc_2, of=people.head_bmc, days=(days, 20))
        with as_(people.officer_bmc), pytest.raises(NotFound):
            actions.end_stand_in(membership=given, by=people.officer_bmc)
        person = getattr(people, who)
        with as_(person):
            actions.end_stand_in(membership=given, by=person)
        assert "PROVINCIAL_HEAD" not in settings_of(people.officer_bmc_2)[0][0]
        with as_(person), pytest.raises(NotNow):
            actions.end_stand_in(membership=given, by=person)
    assert len(events("STAND_IN_ENDED")) == 3


def test_the_post_that_ends_takes_it_along(people, as_):
    stand_in(people.officer_bmc_2, of=people.head_bmc)
    post = post_of(people.head_bmc)
    with as_(people.administrator):
        actions.end_membership(membership=post, by=people.administrator, at_once=True)
        kept = Membership.objects.get(stands_in_for__isnull=False)
    assert kept.ends_on < timezone.localdate()


BAD = {
    "past": {"days": (-1, 5)},
    "before": {"days": (5, 4)},
    "long": {"days": (0, 60)},
    "elsewhere": {"person": "officer_btb"},
    "closed": {"person": "disabled"},
    "former": {"person": "former"},
    "not mine": {"by": "officer_bmc"},
    "without why": {"by": "administrator"},
    "oneself": {"person": "head_bmc"},
    "no such post": {"of": "officer_bmc", "person": "officer_bmc_2"},
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_what_cannot_be_is_refused_with_a_sentence(people, name):
    bad = BAD[name]
    of = getattr(people, bad.get("of", "head_bmc"))
    by = getattr(people, bad["by"]) if "by" in bad else of
    with pytest.raises((Refused, NotNow)) as refusal:
        stand_in(
            getattr(people, bad.get("person", "officer_bmc_2")),
            of=of,
            by=by,
            days=bad.get("days", (0, 20)),
        )
    assert str(refusal.value.sentence)
    with acting(people.administrator.as_actor()):
        assert not Membership.objects.filter(stands_in_for__isnull=False).exists()


def test_no_chain_no_overlap_and_59_days_after_the_first(people, as_):
    first = stand_in(people.officer_bmc_2, of=people.head_bmc, days=(0, 59))
    for person in (people.officer_bmc, people.officer_bmc_2):
        with pytest.raises(NotNow):
            stand_in(person, of=people.head_bmc, days=(59, 70))
    stand_in(people.officer_bmc, of=people.head_bmc, days=(60, 70))
    today = timezone.localdate()
    with as_(people.officer_bmc_2), pytest.raises(Refused) as refusal:
        actions.let_stand_in(
            post=first, person=people.officer_bmc, starts_on=today, ends_on=today, by=people.officer_bmc_2
        )
    assert refusal.value.code == "stand-in-chain"


def test_the_second_wall_refuses_it_alone(people, as_):
    """Rows written past the actions: not for a post of others, of another role or agency, for oneself, in a chain."""
    today = timezone.localdate()
    head = post_of(people.head_bmc)
    good = {
        "person": people.officer_bmc_2,
        "agency_id": head.agency_id,
        "role": head.role,
        "starts_on": today,
        "ends_on": today + DAY,
        "stands_in_for": head,
    }

    def put(by, **changed):
        with as_(by), transaction.atomic():
            row = Membership(**good | changed)
            row.save(force_insert=True)
            return row

    stranger = post_of(people.officer_btb).agency_id
    for by, changed in (
        (people.officer_bmc, {}),
        (people.officer_bmc_2, {}),
        (people.head_bmc, {"role": Role.NATIONAL_DESK}),
        (people.head_bmc, {"agency_id": stranger}),
        (people.head_bmc, {"person": people.head_bmc}),
        (people.administrator, {"person": people.administrator}),
        (people.head_bmc, {"ends_on": None}),
        (people.head_bmc, {"ends_on": today + 60 * DAY}),
    ):
        with pytest.raises(DatabaseError):
            put(by, **changed)
    given = put(people.head_bmc)
    with pytest.raises(DatabaseError):
        put(people.officer_bmc_2, person=people.officer_bmc, stands_in_for=given)
    for by in (people.head_bmc, people.officer_bmc_2, people.administrator):
        with as_(by), pytest.raises(DatabaseError), transaction.atomic():
            Membership.objects.filter(pk=given.pk).update(ends_on=today + 9 * DAY)
    with as_(people.officer_bmc):
        assert Membership.objects.filter(pk=given.pk).update(ends_on=today) == 0


def test_the_pages(people, client_of, db):
    head, officer, admin = people.head_bmc, people.officer_bmc_2, people.administrator
    with acting(head.as_actor()):
        post = post_of(head)
    page, address = reverse("account_rights"), reverse("account_stand_in", args=[post.pk])
    session = client_of(head)
    assert address in session.get(page).content.decode()
    day = timezone.localdate() + DAY
    sent = {"person": str(officer.pk)} | {
        f"{name}_{part}": getattr(on, part)
        for name, on in (("starts_on", day), ("ends_on", day + 9 * DAY))
        for part in ("day", "month", "year")
    }
    assert client_of(officer).post(address, sent).status_code == 404
    wrong = session.post(address, sent | {"ends_on_year": day.year - 1})
    assert wrong.status_code == 200
    assert session.post(address, sent)["Location"] == page
    with acting(head.as_actor()):
        given = Membership.objects.get(stands_in_for=post)
    end = reverse("account_stand_in_end", args=[given.pk])
    assert end in session.get(page).content.decode()
    admins = client_of(admin)
    told = admins.get(reverse("place:person", args=[head.pk])).content.decode()
    assert end in told
    assert reverse("place:stand_in", args=[head.pk, post.pk]) in told
    again = admins.post(reverse("place:stand_in", args=[head.pk, post.pk]), sent | {"reason": "away"})
    assert again.status_code == 200
    assert officer.name in again.content.decode()
    assert client_of(people.officer_bmc).post(end).status_code == 404
    assert session.post(end)["Location"] == page
    assert end not in session.get(page).content.decode()


def test_what_ends_soon_is_told_to_administrators(people, client_of):
    stand_in(people.officer_bmc_2, of=people.head_bmc)
    page = client_of(people.administrator).get(reverse("place:usage"))
    assert [post.person_id for post in page.context["posts_ending"]] == [people.officer_bmc_2.pk]
    assert client_of(people.head_bmc).get(reverse("place:usage")).status_code == 403
