"""Who is kept away from a file does not see it, whatever else they hold, on any way to it; and who reviews that."""

import datetime
import re
import statistics
import time

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Agency
from accounts.refusals import NotFound, NotNow, Refused
from accounts.roles import Role
from accounts.sections import Section
from audit.context import acting, system
from cases import access, queries
from cases.answers import Answer
from cases.exclusions import access as away
from cases.exclusions import actions, vault
from cases.export import Files
from cases.glass import actions as glass
from cases.models import Exclusion
from cases.sight import actions as sight
from referrals.models import Referral
from tests.factories import keep_away, make_case, make_referral

pytestmark = pytest.mark.django_db
#: Of an answer, what differs from one request to the next.
VARIES = ("X-Request-ID", "Set-Cookie", "Content-Length", "Content-Security-Policy")


@pytest.fixture
def case(people):
    return make_case(by=people.officer_bmc, full=True)


def agency(code):
    with acting(system("demo")):
        return Agency.objects.get(code=code)


def give(case, to, *, by, because):
    with acting(by.as_actor()):
        access.grant(
            case_id=case.pk, to=to, sections=Section.SUMMARY | Section.FACTS | Section.NOTES,
            until=timezone.now() + datetime.timedelta(hours=4), reason="HELP", because=because, by=by,
        )  # fmt: skip


def ways(person, case, client):
    """Every way to a file: whether it is there."""
    number = case.number
    with acting(person.as_actor()):
        seen = {
            "rule": access.visible_cases(person).filter(pk=case.pk).exists(),
            "sections": bool(access.sections_of(person, case)),
            "sections of each": case.pk in access.sections_of_each(person, [case]),
            "search": case in queries.find(person, number)[0],
            "history": case.history.filter(id=case.pk).exists(),
        }
        if not case.named_only:
            seen["export"] = case in Files({}, person).files
    for name in ("cases:list", "api_case_list"):
        seen[name] = number in client.get(reverse(name)).content.decode()
    for name in ("cases:detail", "api_case_detail"):
        status = client.get(reverse(name, args=[number])).status_code
        seen[name] = {200: True, 404: False}[status]
    return seen


def owner(people, **_):
    return make_case(by=people.officer_bmc, full=True), people.officer_bmc_2, None


def province(people, **_):
    return make_case(by=people.police_bmc, full=True), people.reviewer, "MOSVY"


def grant_to_agency(people, **_):
    case = make_case(by=people.officer_bmc, full=True)
    make_referral(case, status="ACCEPTED", to="NGO-HOPE")
    return case, people.ngo_hope_2, "NGO-HOPE"


def grant_to_person(people, **_):
    case = make_case(by=people.officer_bmc, full=True)
    give(case, people.officer_btb, by=people.officer_bmc, because="share:1")
    return case, people.officer_btb, "DOSVY-BTB"


def break_glass(people, **_):
    case = make_case(by=people.officer_bmc, full=True)
    give(case, people.shelter, by=people.officer_bmc, because="break-glass:1")
    return case, people.shelter, "SHELTER-BMC"


def named_person(people, **_):
    case = make_case(by=people.officer_bmc, full=True, official_involved=Answer.UNSURE)
    give(case, people.officer_btb, by=people.officer_bmc, because="share:1")
    return case, people.officer_btb, "DOSVY-BTB"


def national_desk(people, **_):
    case = make_case(by=people.officer_bmc, full=True, official_involved=Answer.UNSURE)
    return case, people.desk_1, None


def delegate(people, hire):
    case = make_case(by=people.officer_bmc, full=True)
    return case, hire(people.officer_btb, "DOSVY-BMC", Role.PROVINCIAL_HEAD), "DOSVY-BTB"


RIGHTS = (
    owner,
    province,
    grant_to_agency,
    grant_to_person,
    break_glass,
    named_person,
    national_desk,
    delegate,
)
CELLS = [
    *((right, "person") for right in RIGHTS),
    # An office that owns the file cannot be kept away whole, nor can the desk that reviews it.
    *((right, "agency") for right in RIGHTS if right not in (owner, national_desk)),
]


@pytest.mark.parametrize(("right", "by"), CELLS, ids=lambda v: v if isinstance(v, str) else v.__name__)
def test_whoever_is_kept_away_does_not_see_it_whatever_they_hold(people, hire, client_of, rows, right, by):
    case, person, code = right(people=people, hire=hire)
    client, maker = client_of(person), people.police_bmc if right is province else people.officer_bmc
    before = ways(person, case, client)
    assert all(before[name] for name in before if name != "history"), "there must be something to hide"
    exclusion = keep_away(case, person if by == "person" else code, by=maker)
    assert not any(ways(person, case, client).values()), "from the next request on"
    for table in ("victim", "note", "identity", "casescope", "exclusion", "historicalexclusion"):
        assert rows(person, f"SELECT count(*) FROM cases_{table} WHERE case_id = %s", [case.pk]) == [(0,)]
    reviewer = people.head_bmc if maker is people.officer_bmc and not case.named_only else people.desk_2
    with acting(reviewer.as_actor()):
        actions.lift(exclusion=exclusion, words="They are not related.", by=reviewer)
    assert ways(person, case, client) == before, "lifted: as before, on the next request"


# --- a conflict of one's own --------------------------------------------------------------------------------


def test_who_declares_a_conflict_sees_the_file_no_more(people, as_, case, client_of, events):
    """Also somebody who sees the summary alone; and nobody else loses anything."""
    for person in (people.officer_bmc, people.committee):
        client = client_of(person)
        page = reverse("cases:conflict", args=[case.number])
        assert client.get(page).status_code == 200
        sent = {"reason": "RELATIVE", "words": "My brother."}
        assert client.post(page, sent).headers["Location"] == reverse("cases:list")
        assert (
            client.get(page).status_code
            == client.get(reverse("cases:detail", args=[case.number])).status_code
            == 404
        )
        # They cannot take it back, nor even see that it is there.
        with as_(person):
            assert not away.visible(person).exists()
            assert not Exclusion.objects.exists()
    for person in (people.officer_bmc_2, people.reviewer):
        with as_(person):
            assert access.visible_cases(person).filter(pk=case.pk).exists()
    found = events("CONFLICT_DECLARED")
    assert [(row[2], row[3]) for row in found] == [
        (str(people.officer_bmc.pk), case.number), (str(people.committee.pk), case.number)
    ]  # fmt: skip


def test_an_office_of_one_may_still_declare_a_conflict(people, as_, hire):
    """The truth is never refused. Who is left to look after the file is the business of those who review."""
    case = make_case(by=people.ngo_river, full=True)
    exclusion = keep_away(case, people.ngo_river, by=people.ngo_river)
    with as_(people.desk_1):
        assert vault.words(away.open_exclusion(people.desk_1, exclusion.pk)) == "They are neighbours."
        assert not access.visible_cases(people.desk_1).filter(pk=case.pk).exists(), (
            "the exclusion, not the file"
        )


# --- who may keep away whom ---------------------------------------------------------------------------------


def refused(case, who, by):
    with acting(by.as_actor()), translation.override("en"), pytest.raises(NotNow) as no:
        actions.keep_away(case=case, who=who, reason="OTHER", by=by)
    return str(no.value)


def test_somebody_must_be_left(people, case, hire):
    officer = people.officer_bmc
    assert "Hand it" in refused(case, agency("DOSVY-BMC"), officer)
    assert "yourself" in refused(case, officer, officer)
    keep_away(case, people.head_bmc, by=officer)
    assert "already" in refused(case, people.head_bmc, officer)
    keep_away(case, people.officer_bmc_2, by=officer)
    # Of the office the officer alone is left: a colleague of another one with the right to it cannot end that.
    assert "would be left" in refused(case, officer, people.identifier)
    hire(people.officer_bmc, "POLICE-BMC", Role.POLICE_OFFICER)
    assert "of your own" in refused(case, agency("POLICE-BMC"), people.officer_bmc)


def test_somebody_must_be_left_to_review_it(people, case):
    officer = people.officer_bmc
    for who in (people.head_bmc, "MOSVY", people.desk_1):
        keep_away(case, who, by=officer)
    # desk_reviewer works for the ministry too, and is kept away with it.
    assert "review this" in refused(case, people.desk_2, officer)
    keep_away(case, people.ngo_river, by=officer)


def test_who_does_not_work_on_the_file_keeps_nobody_away(people, as_, case):
    for person in (people.committee, people.reviewer):
        with as_(person), pytest.raises(Refused):
            actions.keep_away(case=case, who=people.officer_bmc_2, reason="OTHER", by=person)
    with as_(people.officer_btb), pytest.raises(NotFound):
        actions.declare_conflict(case=case, reason="OTHER", by=people.officer_btb)
    # Behind the second wall alone: for somebody else, or of a file that they do not see.
    for person, who in ((people.committee, people.officer_bmc_2), (people.officer_btb, people.officer_btb)):
        with as_(person), pytest.raises(DatabaseError, match="row-level"), transaction.atomic():
            Exclusion.objects.bulk_create(
                [Exclusion(case=case, number=case.number, person=who, made_by=person, made_at=timezone.now())]
            )


# --- pages --------------------------------------------------------------------------------------------------


def test_a_file_that_is_kept_away_is_the_ordinary_404(people, case, client_of):
    """Word for word, header for header; and as fast, as far as this can be told here."""
    keep_away(case, people.officer_bmc_2, by=people.officer_bmc)
    client = client_of(people.officer_bmc_2)
    missing = "BMC-2026-99999-9"

    def asked(number):
        began = time.perf_counter()
        found = client.get(reverse("cases:detail", args=[number]))
        return time.perf_counter() - began, found

    def shape(found, number):
        headers = {name: value for name, value in found.headers.items() if name not in VARIES}
        body = re.sub(r"[A-Za-z0-9]{64}|[0-9a-f]{32}|[0-9a-f-]{36}", "*", found.content.decode())
        return found.status_code, headers, body.replace(number, "*")

    assert shape(asked(case.number)[1], case.number) == shape(asked(missing)[1], missing)
    pairs = [(asked(case.number)[0], asked(missing)[0]) for _turn in range(25)]
    hidden, gone = (statistics.median(times) for times in zip(*pairs, strict=True))
    assert 0.6 < hidden / gone < 1.6


def test_the_page_tells_those_who_work_on_the_file(people, case, client_of):
    keep_away(case, people.officer_bmc_2, by=people.officer_bmc)
    client, url = client_of(people.officer_bmc), reverse("cases:detail", args=[case.number])
    assert people.officer_bmc_2.name in client.get(url).content.decode()
    assert reverse("cases:keep_away", args=[case.number]) in client.get(url).content.decode()
    summary_alone = client_of(people.committee).get(url).content.decode()
    assert people.officer_bmc_2.name not in summary_alone
    assert reverse("cases:conflict", args=[case.number]) in summary_alone


def told_whom(person, case, client_of, rows):
    """On the page, by the first wall, and behind the second alone: the exclusions, their history, their keys."""
    page = client_of(person).get(reverse("cases:detail", args=[case.number]))
    with acting(person.as_actor()):
        seen = {away.visible(person).count(), Exclusion.objects.count()}
    ((before,),) = rows(person, "SELECT count(*) FROM cases_historicalexclusion")
    ((keys,),) = rows(person, "SELECT count(*) FROM accounts_subjectkey WHERE kind = 'EXCLUDED'")
    (number,) = seen | {before, keys, len(page.context["kept_away"])}
    return number


def test_whoever_works_on_part_of_it_is_not_told_whom_it_is_hidden_from(people, case, client_of, rows):
    """By a referral, a share or an emergency: a friend of theirs would hear of it. Maker and reviewers see it."""
    make_referral(case, status="ACCEPTED", to="NGO-HOPE")
    works = Section.SUMMARY | Section.FACTS | Section.NOTES | Section.WORK
    with acting(people.officer_bmc.as_actor()):
        sight.share(
            case=case, to=people.ngo_river, sections=works, until=timezone.localdate(), reason="HELP",
            by=people.officer_bmc,
        )  # fmt: skip
    keep_away(case, people.committee, by=people.officer_bmc)
    with acting(people.officer_btb.as_actor()):
        why = "She calls us, he stands at the door."
        glass.break_glass(number=case.number, why="DANGER", reason=why, hours=1, by=people.officer_btb)
    for person in (people.ngo_hope, people.ngo_river, people.officer_btb):
        with acting(person.as_actor()):
            assert access.sections_of(person, case) & Section.WORK
        assert told_whom(person, case, client_of, rows) == 0, person.sign_in_name
        page = client_of(person).get(reverse("cases:detail", args=[case.number])).content.decode()
        assert people.committee.name not in page
    for person in (people.officer_bmc, people.officer_bmc_2, people.head_bmc, people.reviewer):
        assert told_whom(person, case, client_of, rows) == 1, person.sign_in_name


@pytest.mark.parametrize(
    "typed",
    [
        {"colleague": "head_bmc"},
        {"name": "police_bmc"},
        {"name": "Person  POLICE_bmc "},
        {"agency": "POLICE-BMC"},
    ],
    ids=lambda typed: " ".join(map(str, typed.items())),
)
def test_somebody_is_kept_away_by_the_form(people, as_, case, client_of, typed):
    client, url = client_of(people.officer_bmc), reverse("cases:keep_away", args=[case.number])
    sent = dict(typed)
    if "colleague" in typed:
        sent["colleague"] = str(people.head_bmc.pk)
    if "agency" in typed:
        sent["agency"] = str(agency(typed["agency"]).pk)
    answer = client.post(url, {**sent, "reason": "INVOLVED", "words": "Was seen there."})
    assert answer.status_code == 302
    with as_(people.officer_bmc):
        (found,) = Exclusion.objects.all()
        assert (found.person or found.agency) in (people.head_bmc, people.police_bmc, agency("POLICE-BMC"))
        assert vault.words(found) == "Was seen there."


def test_what_the_form_refuses(people, case, client_of):
    client, url = client_of(people.officer_bmc), reverse("cases:keep_away", args=[case.number])
    for wrong in (
        {},
        {"name": "Nobody at all"},
        {"name": "police_bmc", "colleague": str(people.head_bmc.pk)},
        {"agency": str(agency("DOSVY-BMC").pk)},
        {"name": "officer_bmc"},
    ):
        answer = client.post(url, {**wrong, "reason": "INVOLVED"})
        assert answer.status_code == 200, wrong
        assert "govuk-error-summary" in answer.content.decode()


def test_a_reviewer_decides_on_the_page(people, as_, case, client_of):
    exclusion = keep_away(case, people.ngo_hope, by=people.officer_bmc)
    client = client_of(people.head_bmc)
    listed = client.get(reverse("cases:exclusions")).content.decode()
    url = reverse("cases:exclusion", args=[exclusion.pk])
    assert url in listed
    assert "They are neighbours." in client.get(url).content.decode()
    for nothing in ("", ". . . . ."):
        assert client.post(url, {"outcome": "LIFTED", "words": nothing}).status_code == 200
        with acting(people.head_bmc.as_actor()), pytest.raises(NotNow):
            actions.lift(exclusion=exclusion, words=nothing, by=people.head_bmc)
    assert client.post(url, {"outcome": "LIFTED", "words": "A mistake."}).status_code == 302
    assert client.get(url).status_code == 404
    assert client_of(people.officer_bmc).get(url).status_code == 403


@pytest.mark.parametrize("status", ["SUBMITTED", "APPROVED", "ACCEPTED", "IN_SERVICE"])
def test_what_was_asked_of_an_agency_that_is_kept_away_is_taken_back(people, as_, status):
    """Nobody there could answer it, and the person would wait for nobody. With what they do already they may go on when
    the exclusion is lifted."""
    case = make_case(by=people.officer_bmc, full=True, status="PRESUMED")
    sections = Section.SUMMARY | Section.NOTES
    asked = make_referral(case, status=status, to="NGO-HOPE", sections=sections)
    other = make_referral(case, status=status, to="NGO-RIVER", sections=sections)
    with as_(people.officer_bmc):
        who = Agency.objects.get(code="NGO-HOPE")
        actions.keep_away(case=case, who=who, reason="OTHER", by=people.officer_bmc)
        ends = "WITHDRAWN" if status in ("SUBMITTED", "APPROVED") else status
        assert Referral.objects.get(pk=asked.pk).status == ends
        assert Referral.objects.get(pk=other.pk).status == status
