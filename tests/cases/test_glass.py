"""A file that is opened in an emergency: who can, what it opens and when it ends.

With real commits and the database's own clock, where time is what is tried.
"""

import datetime
import re

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.refusals import NotNow, Refused
from accounts.roles import CAPABILITIES, Capability, Role
from accounts.sections import EVERYTHING, Section
from audit.context import acting, system
from cases import access, actions
from cases.exclusions import actions as keeping
from cases.glass import actions as glass
from cases.models import BreakGlass, Exclusion
from referrals import actions as refer_actions
from tests.factories import keep_away, make_case, packet

REASON = "She calls us, he stands at the door."
IN_EMERGENCY = EVERYTHING & ~Section.MOVE & ~Section.REFERRALS


def smash(case, by, why="DANGER", hours=1, reason=REASON, number=None):
    with acting(by.as_actor()):
        return glass.break_glass(number=number or case.number, why=why, reason=reason, hours=hours, by=by)


def sections(person, case):
    with acting(person.as_actor()):
        return access.sections_of(person, case)


@pytest.fixture
def case(people):
    return make_case(by=people.officer_bmc, full=True)


# --- who, and what ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_emergency_hands_nothing_on_and_keeps_nobody_away(people, client_of, case):
    """On the pages, by the acts, and behind the second wall alone. The owner can do both."""
    smash(case, people.officer_btb)
    page = client_of(people.officer_btb).get(reverse("cases:detail", args=[case.number])).content.decode()
    keep, conflict = (reverse(f"cases:{name}", args=[case.number]) for name in ("keep_away", "conflict"))
    refer = reverse("referrals:new", args=[case.number])
    assert (keep in page, refer in page, conflict in page) == (False, False, True)
    for address in (keep, refer):
        assert client_of(people.officer_btb).get(address).status_code == 403
        assert client_of(people.officer_bmc).get(address).status_code == 200
    with acting(people.officer_btb.as_actor()):
        with pytest.raises(Refused):
            keeping.keep_away(case=case, who=people.head_bmc, reason="RELATIVE", by=people.officer_btb)
        with pytest.raises(Refused):
            refer_actions.submit(case=case, packet=packet("NGO-HOPE"), by=people.officer_btb)
        one = Exclusion(case=case, number=case.number, person=people.head_bmc, made_by=people.officer_btb)
        one.made_at = timezone.now()
        with pytest.raises(DatabaseError, match="row-level"), transaction.atomic():
            one.save(force_insert=True)
    keep_away(case, people.head_bmc, by=people.officer_bmc)


@pytest.mark.django_db
def test_the_database_knows_the_same_roles(people, case):
    """The function's list is that of roles.py."""
    able = {role for role, held in CAPABILITIES.items() if Capability.BREAK_GLASS in held}
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'cases_break_glass'")
        source = cursor.fetchone()[0]
    named = set(re.findall(r"'([A-Z_]+)'", source.split("m.role IN (")[1].split(")")[0]))
    assert named == {role.value for role in able}
    assert Role.NGO_WORKER not in able


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["police_bmc", "officer_btb", "shelter", "ngo_hope", "committee", "identifier", "auditor"]
)
def test_who_can_and_who_cannot(people, case, name):
    person = getattr(people, name)
    if name in ("police_bmc", "officer_btb", "shelter"):
        before = sections(person, case)
        assert not before & Section.WORK
        opened = smash(case, person)
        assert sections(person, case) == IN_EMERGENCY
        with acting(person.as_actor()):
            actions.add_note(case=case, text="She is in our car.", by=person)
            with pytest.raises(Refused):
                actions.move(case=case, verb="PRESUME", by=person)
            glass.end_emergency(glass=opened, by=person)
        assert sections(person, case) == before
    else:
        with pytest.raises(Refused):
            smash(case, person)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"reason": "life danger"}, NotNow),
        ({"reason": " " * 30}, NotNow),
        ({"reason": ". . . . . . . . . . . . . . . ."}, NotNow),
        ({"reason": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}, NotNow),
        ({"reason": "1234567890 1234567890 12345"}, NotNow),
        ({"reason": "ាិីឹឺុូួើឿ្្្្្្្្្្្្"}, NotNow),
        ({"reason": "នាងទូរស័ព្ទមកយើង គាត់ឈរនៅមុខទ្វារ"}, None),
        ({"hours": 0}, NotNow),
        ({"hours": 5}, NotNow),
        ({"why": "CURIOUS"}, NotNow),
        ({"hours": 4}, None),
    ],
)
def test_a_reason_of_substance_and_four_hours(people, client_of, case, given, refused):
    typed = {"number": case.number, "why": "DANGER", "reason": REASON, "hours": "1", **given}
    status = client_of(people.officer_btb).post(reverse("cases:break_glass"), typed).status_code
    if refused is None:
        assert status == 302
        assert smash(case, people.police_bmc, **given)
    else:
        assert status == 200
        with pytest.raises(refused):
            smash(case, people.police_bmc, **given)


@pytest.mark.django_db
def test_an_unreviewed_use_stops_another_reason_and_never_a_danger(people, case):
    """In the action and in the function of the database."""
    other = make_case(by=people.officer_bmc)
    assert smash(case, people.police_bmc, why="OTHER")
    with pytest.raises(NotNow):
        smash(other, people.police_bmc, why="OTHER")
    with (
        acting(people.police_bmc.as_actor()),
        pytest.raises(DatabaseError, match="review"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT cases_break_glass(gen_random_uuid(), %s, 'OTHER', 1, %s)",
            [other.number, people.police_bmc.rights.posts[0].agency_id],
        )
    danger = smash(other, people.police_bmc, why="DANGER")
    with acting(people.police_bmc.as_actor()):
        glass.end_emergency(glass=danger, by=people.police_bmc)
    assert smash(other, people.police_bmc, why="CHILD")
    assert smash(other, people.shelter, why="OTHER"), "somebody else's review is theirs"


# --- before, during and after its hour ----------------------------------------------------------------------


@pytest.mark.django_db
def test_it_ends_at_its_second_by_the_first_wall(people, case):
    opened = smash(case, people.police_bmc, hours=2)
    assert opened.until - opened.opened_at == datetime.timedelta(hours=2)
    with acting(people.police_bmc.as_actor()), time_machine.travel(opened.until, tick=False) as clock:
        for second, seen in ((-1, True), (1, False)):
            clock.move_to(opened.until + datetime.timedelta(seconds=second))
            found = access.visible_cases(people.police_bmc).filter(pk=case.pk).exists()
            assert found == seen, second
            assert bool(access.emergency(people.police_bmc, case.pk)) == seen


SCOPE = (
    "UPDATE cases_casescope SET until = clock_timestamp() + make_interval(secs => %s) WHERE principal = %s"
)


def test_it_ends_at_its_second_by_the_second_wall(fresh_db, people, case, rows):
    """The database's own clock cannot be moved: the row's end is, past every wall, around now."""
    from tests import ground

    smash(case, people.police_bmc)
    asked = "SELECT count(*) FROM cases_identity"
    assert rows(people.police_bmc, asked) == [(1,)]
    for seconds, seen in ((2, 1), (-1, 0)):
        with ground.connected("loader"), acting(system("migration")), connection.cursor() as cursor:
            cursor.execute(SCOPE, [seconds, f"person:{people.police_bmc.pk}"])
            assert cursor.rowcount == 1
        assert rows(people.police_bmc, asked) == [(seen,)], seconds


# --- no oracle ----------------------------------------------------------------------------------------------


def page_of(client, number):
    """The answer without what differs in any two answers: the keys of the form, and the number that was typed."""
    sent = {"number": number, "why": "DANGER", "reason": REASON, "hours": "1"}
    answer = client.post(reverse("cases:break_glass"), sent)
    text = re.sub(r'<input type="hidden"[^>]*>', "", answer.content.decode())
    return answer.status_code, text.replace(number, "NUMBER")


@pytest.mark.django_db
def test_missing_and_named_only_get_the_same_answer(people, client_of, case, events):
    """Byte for byte; on the trail under the file's number, where there is a file."""
    hidden = make_case(by=people.officer_bmc, official_involved="YES")
    client = client_of(people.officer_btb)
    answers = {
        number: page_of(client, number) for number in (hidden.number, "BMC-2026-99999-9", "BTB-2026-99999-9")
    }
    (status, text), *others = answers.values()
    assert status == 200
    assert all(other == (status, text) for other in others)
    refused = events("REFUSED")
    assert [row[3] for row in refused] == [hidden.number, "", ""]
    assert all(len(row[4]["terms"][0]) == 32 for row in refused)
    sent = {"number": case.number, "why": "DANGER", "reason": REASON, "hours": "1"}
    answer = client.post(reverse("cases:break_glass"), sent)
    assert (answer.status_code, answer["Location"]) == (302, reverse("cases:detail", args=[case.number]))


@pytest.mark.asvs("2.4.1", "16.3.3")
@pytest.mark.django_db
def test_tries_are_limited_and_one_s_own_files_need_none(people, client_of, case):
    client = client_of(people.officer_bmc)
    sent = {"number": case.number.lower(), "why": "DANGER", "reason": REASON, "hours": "1"}
    answer = client.post(reverse("cases:break_glass"), sent)
    assert (answer.status_code, answer["Location"]) == (302, reverse("cases:detail", args=[case.number]))
    with acting(people.officer_bmc.as_actor()):
        assert not BreakGlass.objects.filter(case=case).exists()
    client = client_of(people.officer_btb)
    codes = [page_of(client, f"BMC-2026-0000{n}-0")[0] for n in range(9)]
    codes += [
        client.post(reverse("cases:break_glass"), {**sent, "number": f"x{n}"}).status_code for n in range(2)
    ]
    assert codes == [200] * 10 + [429]


# --- the banner ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_page_of_the_file_says_it_and_ends_it(people, client_of, case):
    smash(case, people.police_bmc)
    client, end = client_of(people.police_bmc), reverse("cases:emergency_end", args=[case.number])
    for view in ("cases:detail", "cases:note", "referrals:new", "cases:sight", "cases:receipt"):
        assert end in client.get(reverse(view, args=[case.number])).content.decode(), view
    assert end not in client.get(reverse("cases:list")).content.decode()
    assert (
        end
        not in client_of(people.officer_bmc).get(reverse("cases:detail", args=[case.number])).content.decode()
    )
    assert client.post(end)["Location"] == reverse("cases:list")
    assert client.get(reverse("cases:detail", args=[case.number])).status_code == 404
