"""Exports of referrals: what the list shows, closed where it is closed, nothing of what only named people may see."""

import datetime as dt
import io

from django.utils import timezone, translation

from audit.context import acting
from cases.answers import Answer
from desk import exports
from referrals.export import Referrals
from referrals.models import Referral
from tests import ground
from tests.desk.taken import sheet, table
from tests.factories import make_case, make_referral
from tests.people import read

TOLD_OF_THE_PERSON = [
    "province", "services", "services_label", "urgency", "basis", "risk", "sex", "age_min", "age_max", "is_child",
]  # fmt: skip


def written(person, shape="CSV", language="en", **codes):
    file = io.BytesIO()
    with acting(person.as_actor()), translation.override(language):
        source = Referrals(codes, person)
        number = exports.fill(source, shape, source.count(), file, lambda _rows: None)
        assert number == source.count()
    return file.getvalue()


def rows_of(person, **more):
    return {row["referral_id"]: row for row in table(written(person, **more))}


def test_codes_stand_beside_what_they_mean(people):
    case = make_case(by=people.officer_bmc, full=True)
    referral = make_referral(case, status="ACCEPTED")
    row = rows_of(people.head_bmc)[str(referral.pk)]
    assert row["file_number"] == case.number
    assert (row["status"], row["status_label"]) == ("ACCEPTED", "Accepted")
    assert (row["from_agency"], row["to_agency"]) == ("DOSVY-BMC", "NGO-HOPE")
    assert (row["from_agency_label"], row["to_agency_label"]) == ("Agency DOSVY-BMC", "Agency NGO-HOPE")
    assert (row["services"], row["urgency"], row["sex"], row["risk"]) == ("PSY", "HIGH", "FEMALE", "HIGH")
    assert row["services_label"]
    assert row["asked_at"]
    assert row["sent_at"]
    assert row["answered_at"]
    _title, _heading, (in_excel,) = sheet(written(people.head_bmc, "XLSX"))
    assert in_excel["age_min"] == 16
    assert isinstance(in_excel["sent_at"], dt.datetime)


def test_no_word_of_a_packet_or_a_feedback(people):
    case = make_case(by=people.officer_bmc, full=True)
    make_referral(case, status="COMPLETED", to="SHELTER-BMC")
    for person in (people.head_bmc, people.reviewer, people.shelter):
        text = written(person, show="all").decode()
        assert "SHELTER-BMC" in text
        for secret in ("somebody to talk to", "She is well", "Sok Sreyneang", "012 345 678"):
            assert secret not in text


def test_a_partner_agency_gets_what_was_sent_to_it(people):
    """Not what still waits for the ministry, and nothing of others; no number of a file that it does not see."""
    case = make_case(by=people.officer_bmc, full=True)
    sent = make_referral(case, status="APPROVED", to="SHELTER-BMC")
    other = make_referral(case, status="APPROVED", to="NGO-HOPE")
    waiting = make_referral(make_case(by=people.officer_bmc, full=True), to="SHELTER-BMC")
    rows = rows_of(people.shelter)
    assert set(rows) == {str(sent.pk)}
    assert (rows[str(sent.pk)]["file_number"], rows[str(sent.pk)]["sex"]) == ("", "FEMALE")
    assert rows[str(sent.pk)]["asked_at"] == "", "what came before the sending is the sender's"
    assert {str(other.pk), str(waiting.pk)} <= set(rows_of(people.head_bmc))


def test_what_has_closed_is_closed_in_the_file_too(people, as_):
    """Declined: who, whom and how it ended, and nothing of the person. Completed: after thirty days the same."""
    declined = make_referral(make_case(by=people.officer_bmc, full=True), status="DECLINED", to="SHELTER-BMC")
    completed = make_referral(
        make_case(by=people.officer_bmc, full=True), status="COMPLETED", to="SHELTER-BMC"
    )
    rows = rows_of(people.shelter, show="all")
    assert {name: rows[str(declined.pk)][name] for name in TOLD_OF_THE_PERSON} == dict.fromkeys(
        TOLD_OF_THE_PERSON, ""
    )
    assert rows[str(declined.pk)]["status"] == "DECLINED"
    assert rows[str(completed.pk)]["sex"] == "FEMALE"
    with as_(people.shelter):
        Referral.objects.filter(pk=completed.pk).update(access_until=timezone.now() - dt.timedelta(days=1))
    assert rows_of(people.shelter, show="all")[str(completed.pk)]["sex"] == ""
    # Whoever sees it through the file reads on.
    assert rows_of(people.head_bmc)[str(declined.pk)]["sex"] == "FEMALE"


def test_referrals_of_named_only_files_are_in_no_export(people, outside):
    """Neither for the sender, who is named, nor for the receiver, who does not see the file yet."""
    secret = make_case(by=people.head_bmc, full=True, official_involved=Answer.YES)
    hidden = make_referral(secret, status="APPROVED", to="SHELTER-BMC", by=people.head_bmc)
    plain = make_referral(
        make_case(by=people.head_bmc, full=True), status="APPROVED", to="SHELTER-BMC", by=people.head_bmc
    )
    assert outside("SELECT sent_at IS NOT NULL FROM referrals_referral WHERE id = %s", [hidden.pk]) == [
        (True,)
    ]
    for person in (people.head_bmc, people.shelter, people.desk_reviewer):
        rows = rows_of(person, show="all")
        assert str(hidden.pk) not in rows
        assert person == people.desk_reviewer or set(rows) == {str(plain.pk)}


def test_the_tab_of_the_list_is_the_filter_of_the_file(people):
    mine = make_referral(make_case(by=people.officer_bmc, full=True), to="SHELTER-BMC")
    police = make_referral(make_case(by=people.police_bmc, full=True), to="SHELTER-BMC", by=people.police_bmc)
    assert set(rows_of(people.head_bmc, show="all")) == {str(mine.pk), str(police.pk)}
    assert set(rows_of(people.head_bmc, show="sent")) == {str(mine.pk)}
    # A tab that somebody does not have is not opened by asking for it.
    assert set(rows_of(people.reviewer, show="sent")) == {str(mine.pk), str(police.pk)}


def test_either_wall_alone_gives_the_same_file(fresh_db):
    people = read()
    case = make_case(by=people.officer_bmc, full=True)
    for status, to in (("APPROVED", "NGO-HOPE"), ("ACCEPTED", "SHELTER-BMC")):
        make_referral(case, status=status, to=to)
    make_referral(make_case(by=people.officer_bmc, full=True), status="DECLINED", to="SHELTER-BMC")
    make_referral(make_case(by=people.officer_bmc, full=True), to="SHELTER-BMC")
    for person in (people.shelter, people.head_bmc, people.reviewer):
        both = written(person, show="all")
        assert len(table(both)) >= 2
        with ground.connected("loader"):
            assert written(person, show="all") == both, "the first wall alone"
