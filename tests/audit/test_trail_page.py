"""The trail in the browser: who may read it, what the filter finds, pages that hold while it grows."""

import datetime as dt
import html
import re
import uuid

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from audit.kinds import Kind, Result
from audit.record import Thing, record
from tests import ground
from tests.factories import make_case

URL = "/trail/"


@pytest.fixture
def auditor(client_of, people):
    client = client_of(people.auditor)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def busy(people, as_):
    """`busy(120)`: that many events of an officer."""

    def work(number, kind=Kind.FILE_READ, by=people.officer_bmc, **thing):
        with as_(by):
            for n in range(number):
                record(kind, Thing(type="case", label=f"BMC-2026-{n:05d}-0", case_id=uuid.uuid4(), **thing))

    return work


def lines(response):
    """The events of a page, newest first, as the table shows them."""
    return [line.event for line in response.context.get("lines", [])]


def links(response):
    return dict(
        re.findall(r'rel="(prev|next)" href="([^"]+)"', response.content.decode().replace("&amp;", "&"))
    )


# --- who ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["auditor", "administrator"])
def test_those_who_watch_may_read_it(client_of, people, name):
    response = client_of(getattr(people, name)).get(URL)
    assert response.status_code == 200
    assert "កំណត់ហេតុសវនកម្ម" in response.content.decode()


@pytest.mark.parametrize("path", [URL, f"{URL}{uuid.UUID(int=1)}/"])
@pytest.mark.parametrize("name", ["officer_bmc", "head_bmc", "reviewer", "desk_1", "committee", "nobody"])
def test_nobody_else_may_and_the_try_is_on_it(client_of, people, events, name, path):
    person = getattr(people, name)
    assert client_of(person).get(path).status_code == 403
    ((_kind, result, actor, _label, detail),) = events("REFUSED")
    assert (result, actor, detail) == (
        "REFUSED",
        str(person.pk),
        {"status": 403, "rule": "capability:READ_TRAIL"},
    )
    assert events("TRAIL_READ") == []


def test_a_stranger_is_asked_to_sign_in(client_of, people):
    response = client_of(None).get(URL)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_reading_is_on_the_trail_itself(auditor, people, busy, events):
    busy(3)
    auditor.get(URL, {"person": str(people.officer_bmc.pk)})
    ((_kind, _result, actor, _label, detail),) = events("TRAIL_READ")
    assert actor == str(people.auditor.pk)
    assert detail == {"filters": {"person": str(people.officer_bmc.pk)}, "rows": 3, "first": 1}


def test_without_an_event_there_is_no_page(fresh_db, client_of, people, busy):
    """No log row, no data: with the door to the trail broken, the answer is an error without one line of it."""
    busy(3)
    with psycopg.connect(**ground.conninfo("migrator", connection.settings_dict["NAME"])) as session:
        session.execute("SET ROLE karpea_audit")
        session.execute(
            "REVOKE EXECUTE ON FUNCTION audit_record(uuid, text, text, text, text, text, uuid, smallint, text[], "
            "jsonb, date, text, text, text) FROM karpea_web"
        )
    client = client_of(people.auditor, raise_request_exception=False)
    response = client.get(URL)
    assert response.status_code == 500
    assert b"BMC-2026" not in response.content


# --- what the page says -------------------------------------------------------------------------------------


@pytest.mark.asvs("16.2.1")
def test_a_line_says_who_when_what_which_and_from_where(auditor, people, client_of):
    case = make_case(by=people.officer_bmc)
    client_of(people.officer_bmc, REMOTE_ADDR="10.20.30.40").get(f"/files/{case.number}/")
    response = auditor.get(URL, {"kind": "FILE_READ"})
    text = " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
    assert f"Person officer_bmc opened case file {case.number}." in text
    for said in ("Agency DOSVY-BMC", "Provincial officer", "10.20.30.40", "Done", f"{case.created_at:%Y}"):
        assert said in text


@pytest.mark.asvs("1.2.1")
def test_what_people_typed_is_never_markup(auditor, as_, people):
    with as_(people.officer_bmc):
        record(Kind.FILE_READ, Thing(type="case", label="<script>alert(1)</script>", case_id=uuid.uuid4()))
    response = auditor.get(URL)
    assert b"<script>alert" not in response.content
    assert b"&lt;script&gt;alert(1)" in response.content


def test_a_refusal_stands_out_in_a_word(auditor, people, client_of):
    client_of(people.officer_bmc).get(URL)
    response = auditor.get(URL, {"result": "REFUSED"})
    assert [event.kind for event in lines(response)] == ["REFUSED"]
    assert '<span class="k-tag k-tag--warn">Refused</span>' in response.content.decode()


@pytest.mark.parametrize(("language", "said"), [("en", "Page of a case file"), ("km", "ទំព័រករណី")])
def test_a_refused_line_names_its_page(client_of, people, language, said):
    client_of(people.officer_bmc).get("/files/BMC-2026-99999-9/")
    auditor = client_of(people.auditor)
    auditor.cookies["django_language"] = language
    (line,) = auditor.get(URL, {"result": "REFUSED"}).context["lines"]
    assert line.page == said
    for where in (f"{URL}?result=REFUSED", f"{URL}{line.event.pk}/"):
        assert said in auditor.get(where).content.decode()
    assert "cases:detail" not in auditor.get(f"{URL}?result=REFUSED").content.decode()


def test_every_address_has_a_name():
    from config.page_names import NAMES
    from tests.contracts.addresses import patterns

    assert set(patterns()) == set(NAMES), "name the page in config/page_names.py"


def test_times_are_told_to_the_second(auditor, busy):
    busy(1)
    (event,) = lines(auditor.get(URL, {"kind": "FILE_READ"}))
    told = f"{timezone.localtime(event.at):%H:%M:%S}"
    for where in (f"{URL}?kind=FILE_READ", f"{URL}{event.pk}/"):
        assert told in auditor.get(where).content.decode()


def test_two_people_of_one_name_are_told_apart(auditor, people, as_):
    with as_(people.administrator):
        alike = [people.officer_bmc, people.police_bmc, people.officer_bmc_2, people.nobody]
        User.objects.filter(pk__in=[p.pk for p in alike]).update(full_name_latin="Sok Dara")
    (_all, (_staff, offered), _system) = auditor.get(URL).context["form"].fields["person"].choices
    told = dict(offered)
    assert [told[str(person.pk)] for person in alike] == [
        "Sok Dara (Agency DOSVY-BMC) (officer_bmc)",
        "Sok Dara (Agency POLICE-BMC)",
        "Sok Dara (Agency DOSVY-BMC) (officer_bmc_2)",
        "Sok Dara",
    ]
    assert told[str(people.reviewer.pk)] == "Person reviewer"


def test_one_event_with_every_column(auditor, people, busy):
    busy(1)
    (event,) = lines(auditor.get(URL, {"kind": "FILE_READ"}))
    response = auditor.get(f"{URL}{event.pk}/")
    assert response.status_code == 200
    assert bytes(event.content_hash).hex() in response.content.decode()


def test_a_missing_event_is_the_ordinary_page(auditor):
    assert auditor.get(f"{URL}{uuid.uuid4()}/").status_code == 404


# --- the filter ---------------------------------------------------------------------------------------------


@pytest.fixture
def two_years(fresh_db, people):
    """Events on known days, as a bulk load writes them: 1 January 2025, noon, and each month after."""
    with psycopg.connect(**ground.conninfo("loader", connection.settings_dict["NAME"])) as session:
        for month in range(24):
            at = dt.datetime(2025 + month // 12, month % 12 + 1, 1, 5, tzinfo=dt.UTC)
            session.execute(
                "SELECT set_config('app.now', %s, true), begin_actor(%s)",
                [at.isoformat(), str(people.officer_btb.pk)],
            )
            session.execute(
                "SELECT audit_record(gen_random_uuid(), 'FILE_READ', 'OK', 'case', '', 'BTB-2025-00001-0', %s, "
                "2::smallint, '{}'::text[], '{}'::jsonb, NULL::date, 'DAY', '', '')",
                [uuid.UUID(int=7)],
            )


def test_by_time_whole_days_of_cambodia(two_years, auditor):
    def found(**chosen):
        return [f"{event.at:%Y-%m-%d}" for event in lines(auditor.get(URL, {"kind": "FILE_READ", **chosen}))]

    assert len(found()) == 24
    assert found(since="01/03/2026", until="01/04/2026") == ["2026-04-01", "2026-03-01"]
    assert found(since="០១/០៣/២០២៦", until="2026-03-01") == ["2026-03-01"]
    assert found(until="31-1-2025") == ["2025-01-01"]
    assert found(since="2/3/2026", until="31.3.2026") == []


def test_by_everything_else(auditor, people, busy, as_):
    busy(2, province=1)
    busy(1, kind=Kind.IDENTITY_READ, by=people.officer_btb, province=2)
    with as_(people.police_bmc):
        record(Kind.FILE_READ, Thing(type="case", label="BMC-2026-00417-7"), result=Result.FAILED)

    def found(**chosen):
        return len(lines(auditor.get(URL, chosen)))

    assert found(person=str(people.officer_bmc.pk)) == 2
    assert found(province="2") == 1
    assert found(kind="IDENTITY_READ") == 1
    assert found(result="FAILED") == 1
    assert found(kind="FILE_READ", province="1") == 2
    assert found(kind="IDENTITY_READ", province="1") == 0


def test_by_agency(auditor, people, busy):
    from tests.people import SPACE

    busy(1)
    busy(1, by=people.officer_btb)
    found = lines(auditor.get(URL, {"agency": str(uuid.uuid5(SPACE, "DOSVY-BTB"))}))
    assert [event.actor for event in found] == [str(people.officer_btb.pk)]


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{bare}", "{khmer}", "{spaced}", "\u200b{}"])
def test_by_a_number_however_it_is_typed(auditor, people, typed):
    case = make_case(by=people.officer_bmc)
    make_case(by=people.officer_bmc)
    number = case.number
    khmer = number.translate(str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩"))
    text = typed.format(
        number,
        lower=number.lower(),
        bare=number.replace("-", ""),
        khmer=khmer,
        spaced=number.replace("-", " - "),
    )
    found = lines(auditor.get(URL, {"record": text}))
    assert {event.case_id for event in found} == {case.pk}
    assert {"FILE_OPENED"} <= {event.kind for event in found}


def test_a_files_number_also_finds_its_referrals(auditor, people, as_):
    case = make_case(by=people.officer_bmc)
    with as_(people.ngo_hope):
        record(Kind.REFERRAL_READ, Thing(type="referral", id="x", case_id=case.pk))
    response = auditor.get(URL, {"record": case.number})
    assert "REFERRAL_READ" in {event.kind for event in lines(response)}
    assert f"opened the referral of case file {case.number}." in response.content.decode()


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("since", "31/02/2026", "Write day, month and year, for example 22/11/2026."),
        ("since", "yesterday", "Write day, month and year, for example 22/11/2026."),
        (
            "until",
            "22/11/2569",
            "Write the year of the international calendar, for example 2026, not of the Buddhist era.",
        ),
        ("since", "1/1/1875", "The trail does not reach back that far."),
        ("person", "nobody", "Choose one from the list."),
        ("agency", "1 OR 1=1", "Choose one from the list."),
        ("province", "26", "Choose one from the list."),
        ("kind", "EVERYTHING", "Choose one from the list."),
        ("record", "9" * 10_000, "A number is not that long. Write 64 characters or fewer."),
        (
            "record",
            "Sok Sreyneang",
            "Write a case number, the short name of an agency or a sign-in name. Nothing else is looked up.",
        ),
        ("record", "BMC\x00", "This text holds a sign that cannot be stored. Type it again without it."),
    ],
)
def test_a_mistake_is_told_by_its_field_and_nothing_is_lost(auditor, events, name, typed, sentence):
    response = auditor.get(URL, {name: typed, "result": "OK"})
    assert response.status_code == 200
    body = html.unescape(response.content.decode())
    assert body.count(sentence) == 2, "once in the summary, once by the field"
    assert response.context["form"][name].value() == typed
    assert '<option value="OK" selected>' in response.content.decode()
    assert "<table" not in response.content.decode()
    assert events("TRAIL_READ") == []


@pytest.mark.parametrize("typed", ["Sok Sreyneang", "សុខ ស្រីនាង", "012345678", "officer", "%"])
def test_the_box_for_a_record_takes_no_other_text(auditor, client_of, people, typed, outside):
    """What stands in a filter stands on the trail for ever: somebody's name typed there must not."""
    response = auditor.get(URL, {"record": typed})
    assert "record" in response.context["form"].errors
    assert "<table" not in response.content.decode()
    asked = auditor.post("/exports/", {"export": "TRAIL", "shape": "CSV", "record": typed})
    assert asked.status_code == 200
    for table in ("audit_event", "desk_export"):
        assert outside(f"SELECT 1 FROM {table} t WHERE strpos(t::text, %s) > 0", [typed]) == [], table


@pytest.mark.parametrize(("typed", "label"), [("dosvy-bmc", "DOSVY-BMC"), ("Officer_BMC", "officer_bmc")])
def test_by_an_agency_or_a_member_of_staff(auditor, people, as_, events, typed, label):
    with as_(people.administrator):
        for one in (label, "another"):
            record(Kind.PERSON_ADDED, Thing(type="person", id="x", label=one))
    assert [event.object_label for event in lines(auditor.get(URL, {"record": typed}))] == [label]
    assert events("TRAIL_READ")[0][4]["filters"] == {"record": label}


def test_an_end_before_the_beginning(auditor):
    response = auditor.get(URL, {"since": "2/3/2026", "until": "1/3/2026"})
    assert response.content.decode().count("The end must not be before the beginning.") == 2


def test_nothing_fits(auditor):
    response = auditor.get(URL, {"record": "BMC-2026-99999-9"})
    assert response.status_code == 200
    assert "Nothing on the trail fits" in response.content.decode()


def test_what_is_chosen_can_be_taken_away_one_by_one(auditor, people, busy):
    busy(1)
    person = str(people.officer_bmc.pk)
    response = auditor.get(URL, {"person": person, "kind": "FILE_READ", "since": "1/1/2026"})
    chosen = {one["label"]: one["url"] for one in response.context["chosen"]}
    assert chosen == {
        "First day: 1 January 2026": f"?person={person}&kind=FILE_READ",
        "Who: Person officer_bmc": "?since=2026-01-01&kind=FILE_READ",
        "What was done: Opened a file": f"?since=2026-01-01&person={person}",
    }


@pytest.mark.asvs("14.2.1")
def test_no_address_on_the_page_holds_a_name(auditor, people, busy):
    busy(60)
    body = auditor.get(URL, {"person": str(people.officer_bmc.pk)}).content.decode()
    addresses = re.findall(r'(?:href|action)="([^"]+)"', body)
    assert [one for one in addresses if "officer" in one or "Person" in one or "មនុស្ស" in one] == []


# --- pages --------------------------------------------------------------------------------------------------


def walk(client, chosen):
    """Every page by its own "next", as (numbers said, events)."""
    response, pages = client.get(URL, chosen), []
    while True:
        pages.append(response)
        following = links(response).get("next")
        if following is None:
            return pages
        response = client.get(URL + following)


def test_pages_show_each_event_once_while_the_trail_grows(auditor, people, busy):
    """Each page writes an event of its own in between: none is shown twice, none is left out."""
    busy(120)
    pages = walk(auditor, {"kind": "FILE_READ"})
    assert [len(lines(page)) for page in pages] == [50, 50, 20]
    seen = [event.seq for page in pages for event in lines(page)]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 120
    said = [re.search(r"<p>(\d+ to \d+ of \d+)</p>", page.content.decode())[1] for page in pages]
    assert said == ["1 to 50 of 120", "51 to 100 of 120", "101 to 120 of 120"]


def test_pages_go_back_the_way_they_came(auditor, busy):
    busy(120)
    pages = walk(auditor, {"kind": "FILE_READ"})
    second = auditor.get(URL + links(pages[2])["prev"])
    assert [e.seq for e in lines(second)] == [e.seq for e in lines(pages[1])]
    assert "51 to 100 of 120" in second.content.decode()
    first = auditor.get(URL + links(second)["prev"])
    assert [e.seq for e in lines(first)] == [e.seq for e in lines(pages[0])]
    assert "prev" not in links(first)


@pytest.mark.parametrize("cursor", ["", "x", "1-1", "9" * 17 + "-1", "-", "1-" + "9" * 18, "1'--", "\x00"])
def test_an_address_that_nobody_gave_out(auditor, busy, cursor):
    busy(1)
    for name in ("older_than", "newer_than"):
        for first in ("-1", "x", "9" * 40, "១", "0"):
            assert auditor.get(URL, {name: cursor, "first": first}).status_code == 200


def test_more_than_ten_thousand_are_not_counted(auditor, people, as_):
    with as_(people.officer_bmc), connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_record(gen_random_uuid(), 'FILE_READ', 'OK', 'case', '', '', NULL, NULL::smallint, "
            "'{}'::text[], '{}'::jsonb, NULL::date, 'DAY', '', '') FROM generate_series(1, 10001)"
        )
    response = auditor.get(URL, {"kind": "FILE_READ"})
    assert "1 to 50 of more than 10,000" in response.content.decode().replace("10000", "10,000")


def test_a_page_costs_the_same_for_one_and_for_three_hundred(
    auditor, busy, django_assert_max_num_queries, django_assert_num_queries
):
    busy(1)
    auditor.get(URL)  # the first request of a session writes it, and reads the lists of codes
    with django_assert_max_num_queries(25) as asked:
        auditor.get(URL, {"kind": "FILE_READ"})
    busy(300)
    with django_assert_num_queries(len(asked)):
        auditor.get(URL, {"kind": "FILE_READ"})
