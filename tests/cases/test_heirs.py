"""A begun case file goes to a colleague whom its writer chose, now or when the role has ended, and to nobody else."""

import datetime
import importlib

import pytest
from django.db import ProgrammingError, connection
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.models import Membership
from accounts.vault import CannotOpen
from audit.context import acting, system
from cases.models import Case
from desk import drafts, heirs, tasks
from desk.models import Draft
from tests.cases.pages import ENOUGH, send, start

pytestmark = pytest.mark.django_db
WORD = "ផ្កាឈូក"


@pytest.fixture
def draft(people, as_):
    with as_(people.officer_bmc):
        return drafts.start(by=people.officer_bmc, kind=Draft.Kind.INTAKE, data={"alias": [WORD]})


@pytest.fixture
def owner(people, as_):
    """`owner(draft)`: who alone sees it."""

    def ask(draft):
        found = []
        for name in ("officer_bmc", "officer_bmc_2", "head_bmc", "officer_btb", "administrator"):
            with as_(getattr(people, name)):
                found += [name] if Draft.objects.filter(pk=draft.pk).exists() else []
        (name,) = found
        return getattr(people, name).pk

    return ask


def page(draft):
    return reverse("cases:draft_hand", args=[draft.pk])


def words(people, as_, name, draft):
    person = getattr(people, name)
    with as_(person):
        return drafts.read(Draft.objects.get(pk=draft.pk))["alias"]


def end_role(people, by="head_bmc", **more):
    by = getattr(people, by)
    with acting(by.as_actor()):
        post = Membership.objects.get(person=people.officer_bmc)
        actions.end_post(membership=post, takers={}, by=by, **more)


def test_handed_over_now_it_is_the_colleague_s_to_finish(people, officer, client_of, events, owner):
    check = send(officer, start(officer), ENOUGH)
    draft = Draft(pk=check.split("/")[-3])
    to = people.officer_bmc_2
    answer = officer.post(page(draft), {"to": str(to.pk), "when": "NOW"})
    assert answer["Location"] == reverse("reports:my_work")
    assert owner(draft) == to.pk
    for gone in (check, page(draft), reverse("cases:draft", args=[draft.pk])):
        assert officer.get(gone).status_code == 404
    colleague = client_of(to)
    assert people.officer_bmc.name in colleague.get(reverse("cases:draft", args=[draft.pk])).content.decode()
    assert people.officer_bmc.name in colleague.get(reverse("reports:my_work")).content.decode()
    assert colleague.post(check).status_code == 302
    with acting(to.as_actor()):
        assert Case.objects.get().opened_by_id == to.pk
    ((_kind, _result, actor, label, detail),) = events("DRAFT_HANDED_OVER")
    assert (actor, label) == (str(people.officer_bmc.pk), "")
    assert detail == {"from": str(people.officer_bmc.pk), "to": str(to.pk)}


def test_with_the_role_it_goes_to_whom_its_writer_chose(people, as_, client_of, draft, owner):
    writer = client_of(people.officer_bmc)
    answer = writer.post(page(draft), {"to": str(people.officer_bmc_2.pk), "when": "LATER"})
    assert answer["Location"] == reverse("cases:draft", args=[draft.pk])
    assert people.officer_bmc_2.name in writer.get(answer["Location"]).content.decode()
    assert words(people, as_, "officer_bmc", draft) == [WORD], "until then it stays the writer's"
    with as_(people.officer_bmc_2):
        assert not Draft.objects.exists()
    end_role(people, at_once=True)
    assert owner(draft) == people.officer_bmc_2.pk
    assert words(people, as_, "officer_bmc_2", draft) == [WORD]
    with as_(people.officer_bmc):
        assert not Draft.objects.exists()


@pytest.mark.usefixtures("draft")
def test_without_a_choice_it_stays_sealed_under_its_writer_s_key(people, as_, draft, owner):
    end_role(people, at_once=True)
    assert owner(draft) == people.officer_bmc.pk
    with as_(people.head_bmc):
        with pytest.raises(CannotOpen):
            drafts.read(Draft(pk=draft.pk, owner=people.officer_bmc, sealed=draft.sealed))
        assert heirs.fall() == 0


def test_a_choice_is_taken_back(people, as_, client_of, draft, owner):
    writer = client_of(people.officer_bmc)
    writer.post(page(draft), {"to": str(people.officer_bmc_2.pk), "when": "LATER"})
    writer.post(page(draft), {"to": "", "when": "LATER"})
    end_role(people, at_once=True)
    assert owner(draft) == people.officer_bmc.pk
    assert words(people, as_, "officer_bmc", draft) == [WORD]


def test_a_role_that_ends_by_its_date_needs_nobody(people, as_, draft, owner):
    with as_(people.officer_bmc):
        heirs.name_heir(draft_id=draft.pk, heir=people.officer_bmc_2, by=people.officer_bmc)
    end_role(people, ends_on=timezone.localdate())
    tasks.forget_expired()
    assert owner(draft) == people.officer_bmc.pk, "today is still their day"
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    with as_(people.administrator):
        post = Membership.objects.filter(person=people.officer_bmc)
        post.update(starts_on=yesterday, ends_on=yesterday)
    tasks.forget_expired()
    assert owner(draft) == people.officer_bmc_2.pk


@pytest.mark.parametrize("name", ["officer_bmc_2", "head_bmc"])
def test_who_has_left_meanwhile_takes_nothing(people, as_, draft, owner, name):
    heir = getattr(people, name)
    with as_(people.officer_bmc):
        heirs.name_heir(draft_id=draft.pk, heir=heir, by=people.officer_bmc)
    with as_(people.administrator):
        actions.close_account(person=heir, takers={}, by=people.administrator)
    end_role(people, by="administrator", at_once=True)
    assert owner(draft) == people.officer_bmc.pk


def test_the_page_says_what_is_wrong_and_takes_nobody_from_elsewhere(people, client_of, draft, owner):
    writer = client_of(people.officer_bmc)
    offered = {str(pk) for pk, _name in writer.get(page(draft)).context["form"].fields["to"].choices if pk}
    assert offered == {str(people.officer_bmc_2.pk), str(people.head_bmc.pk)}
    for sent in (
        {"to": "", "when": "NOW"},
        {"to": str(people.officer_btb.pk), "when": "NOW"},
        {"to": str(people.administrator.pk), "when": "LATER"},
        {"to": str(people.officer_bmc_2.pk)},
        {"to": str(people.officer_bmc_2.pk), "when": "SOON"},
    ):
        answer = writer.post(page(draft), sent)
        assert answer.status_code == 200
        assert answer.context["form"].errors
    assert owner(draft) == people.officer_bmc.pk


# --- the second wall


def refused(sql, *params):
    """What the functions give where nothing may happen: no row, or false."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() in ([], [(False,)])


def test_no_sql_of_the_site_takes_a_draft_or_its_key(people, as_, draft, owner):
    with as_(people.officer_bmc):
        heirs.name_heir(draft_id=draft.pk, heir=people.officer_bmc_2, by=people.officer_bmc)
    key = "SELECT 1 FROM accounts_subjectkey WHERE kind = 'DRAFT'"
    for name in ("head_bmc", "officer_bmc_2", "administrator", "officer_btb", "auditor"):
        person = getattr(people, name)
        with as_(person):
            assert refused("SELECT desk_hand_draft(%s, %s)", draft.pk, person.pk), name
            assert refused("SELECT * FROM desk_drafts_fall()"), "the writer still works there"
            assert refused(key), name
    with as_(people.officer_bmc):
        assert not refused(key)
        # To somebody of another office, whom no page offers.
        Draft.objects.filter(pk=draft.pk).update(heir=people.officer_btb)
        assert refused("SELECT desk_hand_draft(%s, %s)", draft.pk, people.officer_btb.pk)
        assert refused("SELECT desk_hand_draft(%s, %s)", draft.pk, people.officer_bmc_2.pk), (
            "not who was chosen"
        )
    end_role(people, at_once=True)
    assert owner(draft) == people.officer_bmc.pk


@pytest.mark.usefixtures("draft")
def test_an_owner_is_changed_by_no_plain_update(people, as_, draft):
    with as_(people.officer_bmc), pytest.raises(ProgrammingError, match="row-level security"):
        Draft.objects.filter(pk=draft.pk).update(owner=people.officer_bmc_2)


def test_nobody_is_nobody(db):
    with acting(system("expiry")):
        assert heirs.fall() == 0


def test_the_database_knows_the_same_roles():
    told = importlib.import_module("desk.migrations.0007_drafts_that_are_handed_over").OPENERS
    assert sorted(told.strip("()").replace("'", "").split(", ")) == sorted(heirs.OPENERS)
