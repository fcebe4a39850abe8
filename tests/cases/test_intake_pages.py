"""The intake in the browser's own words: search first, keep everything typed, refuse clearly, make one file."""

import re
import uuid

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.vault import CannotOpen
from audit.context import acting
from cases.access import visible_cases
from cases.models import Case, Identity, Victim
from desk import drafts
from desk.models import Draft, Once
from tests.browsing import hidden, sign_in_by_form
from tests.cases.pages import ENOUGH, send, start


def test_a_search_comes_before_a_new_file(people, client_of):
    client = client_of(people.officer_bmc)
    refused = client.post(reverse("cases:start"))
    assert refused["Location"] == reverse("cases:find")
    client.post(reverse("cases:find"), {"question": "សុខ"})
    assert "/officials/" in start(client)


def test_channel_place_and_alias_alone_make_a_file(people, officer, as_):
    check = send(officer, start(officer), ENOUGH)
    receipt = officer.post(check)["Location"]
    assert receipt == reverse("cases:receipt", args=["BMC-2026-00001-1"])
    with as_(people.officer_bmc):
        case = visible_cases(people.officer_bmc).get()
        assert (case.channel, case.province_id, case.named_only) == ("HOTLINE_117", 1, False)
        assert drafts.read(Draft.objects.get()) == {"made": [case.number]}
    assert officer.get(receipt).status_code == 200


def test_a_double_click_makes_one_file(people, officer, as_):
    check = send(officer, start(officer), ENOUGH)
    key = {"once": str(uuid.uuid4())}
    first, second = officer.post(check, key), officer.post(check, key)
    assert first["Location"] == second["Location"]
    with as_(people.officer_bmc):
        assert Case.objects.count() == 1
        assert Once.objects.get(key=key["once"]).location == first["Location"]


def test_yes_or_unsure_hides_the_file_from_the_office_but_not_from_its_maker(people, officer, client_of):
    for answer in ("YES", "UNSURE"):
        officer.post(send(officer, start(officer), ENOUGH | {"officials": {"official_involved": answer}}))
    both = {"BMC-2026-00001-1", "BMC-2026-00002-0"}
    shown = {
        person: set(
            re.findall(r"BMC-2026-\d{5}-\d", client_of(person).get(reverse("cases:list")).content.decode())
        )
        for person in (
            people.officer_bmc,
            people.desk_1,
            people.officer_bmc_2,
            people.head_bmc,
            people.reviewer,
        )
    }
    assert list(shown.values()) == [both, both, set(), set(), set()]


def test_refused_consent_keeps_the_file_and_leaves_the_identity_out(people, officer, as_):
    named = {"alias": "x", "name_km": "សុខ ស្រីមុំ", "phone": "012345678"}
    for consent in ("REFUSED", "NOT_YET"):
        officer.post(
            send(officer, start(officer), ENOUGH | {"person": named, "consent": {"consent": consent}})
        )
    with as_(people.officer_bmc):
        kept = Identity.objects.values_list("case__number", flat=True)
        assert list(kept) == ["BMC-2026-00002-0"]
        assert Case.objects.count() == Victim.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        ("report", {"channel": "SELF", "province": "1", "district": "0203"}, "ស្រុកនេះស្ថិតក្នុងខេត្តផ្សេង"),
        ("report", {"channel": "SELF", "province": "1", "reported_on_year": "2090"}, "កាលបរិច្ឆេទ"),
        ("person", {"alias": "x" * 10_000}, "60"),
        ("person", {"alias": "a\x00b"}, "សញ្ញា"),
        ("person", {"alias": "x", "birth_date_year": "2000", "age_max": "10"}, "អាយុ"),
        ("person", {"alias": "x", "age_min": "30", "is_child": "YES"}, "១៨|18"),
        ("risk", {"danger_now": "YES", "risk_level": "LOW"}, "ហានិភ័យ"),
        ("consent", {"consent": "GIVEN"}, "យល់ព្រម"),
    ],
)
def test_a_wrong_answer_gets_a_sentence_and_loses_nothing(people, officer, wrong, as_):
    page, fields, sentence = wrong
    address = start(officer).rsplit("/", 2)[0]
    answer = officer.post(f"{address}/{page}/", fields)
    body = answer.content.decode()
    assert answer.status_code == 200
    assert "govuk-error-message" in body
    assert any(part in body for part in sentence.split("|"))
    with as_(people.officer_bmc):
        typed = drafts.read(Draft.objects.get())
        assert all(typed[name] == [value] for name, value in fields.items())
        assert Case.objects.count() == 0


def test_khmer_digits_and_invisible_signs_are_understood(people, officer, as_):
    pages = ENOUGH | {
        "report": {
            "channel": "SELF",
            "province": "1",
            "reported_on_day": "១",
            "reported_on_month": "០២",
            "reported_on_year": "២០២៦",
        },
        "person": {"alias": "x", "name_km": "សុខ\u200bស្រីមុំ", "age_min": "១៦", "age_max": "១៧"},
    }
    officer.post(send(officer, start(officer), pages))
    with as_(people.officer_bmc):
        case = Case.objects.get()
        assert case.reported_on.isoformat() == "2026-02-01"
        assert (case.victim.age_min, case.victim.age_max, case.victim.is_child) == (16, 17, "YES")
    found = officer.post(reverse("cases:find"), {"question": "សុខស្រីមុំ"}).content.decode()
    assert "BMC-2026-00001-1" in found


def test_one_field_is_kept_as_it_is_left(people, officer, as_):
    address = start(officer).rsplit("/", 2)[0]
    saved = officer.post(f"{address}/save/", {"field": "alias", "value": "កាបូប"})
    assert (saved.status_code, set(saved.json())) == (200, {"saved_at"})
    unknown = officer.post(f"{address}/save/", {"field": "is_superuser", "value": "1"})
    assert unknown.status_code == 400
    assert "កាបូប" in officer.get(f"{address}/person/").content.decode()


def test_a_draft_is_its_makers_alone(people, officer, client_of, as_, rows):
    address = start(officer).rsplit("/", 2)[0]
    officer.post(f"{address}/person/", {"alias": "សម្ងាត់"})
    for stranger in (people.officer_bmc_2, people.head_bmc, people.administrator):
        assert client_of(stranger).get(f"{address}/").status_code == 404
        assert rows(stranger, "SELECT * FROM desk_draft") == []
    with as_(people.officer_bmc):
        draft = Draft.objects.get()
    with acting(people.head_bmc.as_actor()), pytest.raises(CannotOpen):
        drafts.read(draft)


def test_the_wrong_role_cannot_start_a_file(people, client_of, as_):
    reviewer = client_of(people.reviewer)
    reviewer.post(reverse("cases:find"), {"question": "សុខ"})
    assert reviewer.post(reverse("cases:start")).status_code == 403
    with as_(people.reviewer):
        assert not Draft.objects.exists()


def test_only_my_own_provinces_are_offered_and_another_is_refused_by_the_field(
    people, officer, client_of, as_
):
    address = start(officer).rsplit("/", 2)[0]
    offered = re.findall(r'<option value="(\d+)"', _select(officer.get(f"{address}/report/"), "province"))
    assert offered == ["1"]
    answer = officer.post(f"{address}/report/", {"channel": "SELF", "province": "2"})
    assert answer.status_code == 200
    assert _("You can make files for your own province only.") in answer.content.decode()
    officer.post(f"{address}/officials/", ENOUGH["officials"])
    officer.post(f"{address}/person/", ENOUGH["person"])
    refused = officer.post(f"{address}/check/")
    assert refused.status_code == 200
    assert _("You can make files for your own province only.") in refused.content.decode()
    with as_(people.officer_bmc):
        assert Draft.objects.count() == 1
        assert Case.objects.count() == 0
    officer.post(f"{address}/report/", ENOUGH["report"])
    assert "/receipt/" in officer.post(f"{address}/check/")["Location"]
    anywhere = client_of(people.ngo_hope)
    anywhere.post(reverse("cases:find"), {"question": "x"})
    page = anywhere.get(f"{start(anywhere).rsplit('/', 2)[0]}/report/")
    assert len(re.findall(r'<option value="(\d+)"', _select(page, "province"))) == 25


def _select(answer, name):
    return re.search(rf'<select name="{name}".*?</select>', answer.content.decode(), re.DOTALL).group()


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("report", {"channel": "HACK", "province": "1"}),
        ("person", {"alias": "x", "sex": "HACK"}),
        ("happened", {"forms_of": ["LAB.FISH", "HACK"]}),
        ("report", {"channel": "SELF", "province": "HACK"}),
    ],
)
def test_a_choice_that_is_not_offered_gets_a_plain_sentence(officer, page, fields):
    body = officer.post(f"{start(officer).rsplit('/', 2)[0]}/{page}/", fields).content.decode()
    sentences = ("Choose one from the list.", "You can make files for your own province only.")
    assert any(_(sentence) in body for sentence in sentences)
    assert "HACK" not in body


def test_going_back_to_the_list_always_keeps_and_goes(people, officer, as_):
    address = start(officer).rsplit("/", 2)[0]
    sent = {"alias": "", "age_min": "many", "name_km": "សុខ"}
    assert officer.post(f"{address}/person/", sent | {"to_list": "1"})["Location"] == f"{address}/"
    assert officer.post(f"{address}/person/", sent).status_code == 200
    with as_(people.officer_bmc):
        assert drafts.read(Draft.objects.get())["name_km"] == ["សុខ"]


def test_a_page_that_was_never_opened_is_not_started(officer):
    address = start(officer).rsplit("/", 2)[0]
    officer.post(f"{address}/officials/", ENOUGH["officials"])
    assert _("To correct") not in officer.get(f"{address}/").content.decode()
    officer.post(f"{address}/report/", {"channel": "", "province": "1", "reported_on_year": "2026"})
    assert _("To correct") in officer.get(f"{address}/").content.decode()


def test_consent_says_when_its_day_is_needed_and_only_the_optional_is_marked(officer):
    address = start(officer).rsplit("/", 2)[0]
    body = officer.get(f"{address}/consent/").content.decode()
    assert body.count(_("Needed when consent is given.")) == 2
    assert body.count("k-optional") == 1  # whether consent was given at all may wait
    assert officer.get(f"{address}/summary/").content.decode().count("k-optional") == 1


def test_check_answers_says_once_that_a_page_has_no_answer(officer):
    body = officer.get(send(officer, start(officer), ENOUGH)).content.decode()
    assert body.count(_("No answer yet")) == 5
    assert _("Not recorded") not in body


def test_refused_consent_says_exactly_what_is_left_out(officer):
    named = {"alias": "x", "name_km": "សុខ ស្រីមុំ", "birth_date_year": "1990"}
    pages = ENOUGH | {"person": named, "consent": {"consent": "REFUSED"}}
    body = officer.get(send(officer, start(officer), pages)).content.decode()
    fields = f"{_('Full name in Khmer')}; {_('Date of birth')}"
    assert _("Consent is refused, so these answers are not kept: %(fields)s.") % {"fields": fields} in body
    assert _("%(answer)s (not kept)") % {"answer": "សុខ ស្រីមុំ"} in body
    given = officer.get(send(officer, start(officer), pages | {"consent": {"consent": "NOT_YET"}}))
    assert _("%(answer)s (not kept)") % {"answer": "សុខ ស្រីមុំ"} not in given.content.decode()


@pytest.mark.parametrize("typed", ["សុខ\u200bស្រីមុំ", "សុខ ស្រីមុំ", "\u200bសុខ\u200b ស្រីមុំ\u200b"])
def test_a_khmer_name_is_found_however_its_words_are_parted(officer, typed):
    officer.post(send(officer, start(officer), ENOUGH | {"person": {"alias": "x", "name_km": typed}}))
    for question in ("សុខស្រីមុំ", "សុខ ស្រីមុំ", "សុខ\u200bស្រីមុំ", "ស្រីមុំ", "សុខ", "ស្រីមុំ សុខ", "ស្រីមុំ\u200bសុខ"):
        found = officer.post(reverse("cases:find"), {"question": question}).content.decode()
        assert "BMC-2026-00001-1" in found, question
    assert "BMC-" not in officer.post(reverse("cases:find"), {"question": "សុភា"}).content.decode()


def test_the_language_switch_keeps_what_was_typed(people, officer):
    page = start(officer).rsplit("/", 2)[0] + "/person/"
    typed = {"alias": "កាបូបខៀវ", "age_min": "១៦", "_path": page, "language": "en"}
    switched = officer.post(reverse("language"), hidden(officer.get(page)) | typed)
    assert switched["Location"] == page
    body = officer.get(page).content.decode()
    assert 'lang="en"' in body
    assert "កាបូបខៀវ" in body
    assert "១៦" in body


def test_an_ended_session_keeps_what_was_typed_for_the_same_person_only(people, client, as_):
    sign_in_by_form(client, "officer_bmc")
    client.post(reverse("cases:find"), {"question": "x"})
    page = start(client).rsplit("/", 2)[0] + "/person/"
    fields = hidden(client.get(page))
    client.cookies.pop("sessionid")
    ended = client.post(page, fields | {"alias": "កុំបាត់"})
    assert ended["Location"].startswith(reverse("account_login"))
    sign_in_by_form(client, "head_bmc")
    assert client.get(page).status_code == 404
    client.post(reverse("account_logout"))
    sign_in_by_form(client, "officer_bmc", later=1)
    assert "កុំបាត់" in client.get(page).content.decode()
