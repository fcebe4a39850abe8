"""Code lists: the files are sound, forms offer what is valid today, edited wording stays."""

import datetime as dt
import re
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone, translation

from accounts import codes
from accounts.management.commands import load_codes
from accounts.models import Code, CodeList
from audit.context import acting, system

KHMER = re.compile("[\u1780-\u17ff]")


@pytest.fixture(scope="module")
def read():
    return load_codes.read_codes()


@pytest.fixture(autouse=True)
def _nothing_kept():
    codes.forget()
    yield
    codes.forget()


@pytest.fixture
def kept(monkeypatch):
    """Lists out of rows instead of the table."""

    def keep(*rows):
        entries = [
            (row.list, codes.Entry(*(getattr(row, field) for field in codes.Entry._fields))) for row in rows
        ]
        monkeypatch.setattr(
            codes._kept,
            "lists",
            {True: codes._ordered(entries, codes._order_km), False: codes._ordered(entries, codes._order_en)},
        )
        monkeypatch.setattr(codes._kept, "read_at", float("inf"))

    return keep


def a_code(code, **fields):
    return Code(
        **{"list": "FORM", "code": code, "label_km": f"ខ្មែរ {code}", "label_en": f"English {code}"} | fields
    )


# --- what the files hold ------------------------------------------------------------------------------------


def test_every_list_has_codes(read):
    assert {code.list for code in read} == set(CodeList.values)


def test_codes_are_unique_and_pass_their_own_validation(read):
    assert len({(code.list, code.code) for code in read}) == len(read)
    for code in read:
        code.clean_fields()


def test_every_code_has_both_languages(read):
    for code in read:
        assert KHMER.search(code.label_km), code.code
        assert not KHMER.search(code.label_en), code.code
        assert not set(code.label_km) & set("\u200b\u200c\u200d\ufeff"), code.code


def test_a_part_names_its_whole(read):
    known = {(code.list, code.code) for code in read}
    assert all((code.list, code.parent) in known for code in read if code.parent)
    tops = {(code.list, code.code) for code in read if not code.parent}
    assert all((code.list, code.parent) in tops for code in read if code.parent)  # two levels


def test_what_is_drafted_or_remembered_is_not_confirmed(read):
    assert {(code.list, code.code) for code in read if code.confirmed} == {
        ("CHANNEL", "LOCAL_AUTHORITY"),
        ("CHANNEL", "NGO"),
    }


def test_htcds_names_are_those_of_the_standard(read):
    """Every value of HTCDS 2.0 has a code of ours, and we name no value that it lacks."""
    standard = {
        "FORM": "ForcedLabour SexualExploitation ChildLabour ForcedMarriage Servitude OrganRemoval ForcedBegging "
        "ForcedAdoption Surrogacy Other",
        "CONTROL": "PhysicalThreats ThreatsLawEnforcement ThreatensChildrenFamily DebtBondage FalsePromises "
        "PhysicalAbuse SexualAbuse TakesEarnings RestrictsFinancialAccess RestrictsMedicalCare "
        "WithholdsNecessities PsychologicalAbuse PsychoactiveSubstance ExcessiveWorkingHours "
        "WithholdsDocuments Other",
        "RECRUITMENT": "AtAPlaceOfBusiness AtAnEducationalInstitution AtWork ThroughOnlineSocialNetworks "
        "ThroughAnOnlineAdvertisement ThroughATelevisionAdvert ThroughANewspaperAdvert "
        "ThroughFamilyOrFamilyEvents ThroughFriendsOrSocialEvents Other",
        "RECRUITER_RELATION": "Familial Acquainted Unaquainted",  # misspelt in the standard
        "REFERRAL_REASON": "AdditionalServicesRequired MigrationOrChangeOfLocation Other",
        "CLOSURE": "Closed ClosedReferred",
    }
    for name, values in standard.items():
        used = {value for code in read if code.list == name for value in code.mapping.get("htcds", [])}
        assert used == set(values.split()), name


def test_forms_of_exploitation_map_to_every_cut(read):
    forms = {code.code: code for code in read if code.list == "FORM"}
    for code, form in forms.items():
        assert form.mapping["glotip"]
        if code not in {"MIX", "OTH", "UNK"}:
            assert form.mapping["ncct"] == (
                "SEXUAL_EXPLOITATION" if code.startswith("SEX") else "HUMAN_TRAFFICKING"
            )
    assert forms["CRIM.SCAM"].mapping["htcds"] == ["Other"]
    assert forms["CRIM.SCAM"].extra["ext"] == "forced_criminality"
    assert forms["LAB.FISH"].parent == "LAB"


def test_checkpoints_lie_in_provinces(read):
    for code in read:
        if code.list == "CHECKPOINT" and "kind" in code.extra:
            assert 1 <= code.extra["province"] <= 25
            assert (code.extra["kind"] == "BORDER") == ("neighbour" in code.extra)


def test_offences_name_law_and_article(read):
    offences = {code.code: code for code in read if code.list == "OFFENCE"}
    assert len(offences) == 30
    assert all(
        code.extra["law_en"] and code.extra["law_km"] and code.extra["law_year"] for code in offences.values()
    )
    assert offences["LSHTSE-10"].extra["article"] == "10"
    assert offences["LSHTSE-13-14"].basis == "MEM"


def test_urgent_services_are_marked(read):
    urgent = {code.code for code in read if code.list == "SERVICE" and code.extra.get("urgent")}
    assert urgent == {"SHEL.EM", "BASIC", "MED", "MED.FOR", "PROT", "INT", "CP"}


def test_words_that_only_a_law_may_use(read):
    for code in read:
        if code.list != "OFFENCE":
            assert not re.search("child (prostitution|pornography)|sex trade", code.label_en, re.IGNORECASE)


# --- what forms offer ---------------------------------------------------------------------------------------


def test_choices_speak_the_readers_language(kept):
    kept(a_code("LAB"))
    for language, label in (("km", "ខ្មែរ LAB"), ("en", "English LAB")):
        with translation.override(language):
            assert codes.choices("FORM") == [("LAB", label)]
            assert codes.label("FORM", "LAB") == label
            assert codes.labels(CodeList.FORM) == {"LAB": label}


def test_an_expired_code_is_labelled_and_not_offered(kept):
    today = timezone.localdate()
    day = dt.timedelta(days=1)
    kept(
        a_code("OLD", valid_until=today - day),
        a_code("LAST", valid_until=today),
        a_code("NEXT", valid_from=today + day),
    )
    assert [code for code, _label in codes.choices("FORM")] == ["LAST"]
    assert [code for code, _label in codes.choices("FORM", on=today - day)] == ["LAST", "OLD"]
    assert [code for code, _label in codes.choices("FORM", on=today + day)] == ["NEXT"]
    assert set(codes.labels("FORM")) == {"OLD", "LAST", "NEXT"}
    with translation.override("en"):
        assert codes.label("FORM", "OLD") == "English OLD"


def test_an_unknown_code_is_its_own_label(kept):
    kept()
    assert codes.label("FORM", "GONE") == "GONE"
    assert codes.choices("FORM") == []
    assert codes.get("FORM", "GONE") is None


def test_rank_decides_then_the_label(kept):
    kept(
        a_code("C", rank=2, label_km="ក", label_en="c"),
        a_code("B", rank=1, label_km="ខ", label_en="a"),
        a_code("A", rank=1, label_km="ក", label_en="b"),
    )
    with translation.override("km"):
        assert [code for code, _label in codes.choices("FORM")] == ["A", "B", "C"]
    with translation.override("en"):
        assert [code for code, _label in codes.choices("FORM")] == ["B", "A", "C"]


def test_a_tree_has_its_branches_and_loses_nothing(kept):
    past = dt.date(2020, 1, 1)
    kept(
        a_code("LAB", rank=1),
        a_code("LAB.FISH", rank=2, parent="LAB"),
        a_code("MIX", rank=3, extra={"derived": True}),
        a_code("OLD", rank=4, valid_until=past),
        a_code("OLD.SUB", rank=5, parent="OLD"),
        a_code("HEAD", rank=6, extra={"heading": True}),
        a_code("HEAD.SUB", rank=7, parent="HEAD"),
        a_code("LOOP1", rank=8, parent="LOOP2"),
        a_code("LOOP2", rank=9, parent="LOOP1"),
        a_code("LAB.FISH.SEA", rank=10, parent="LAB.FISH"),
    )
    with translation.override("en"):
        tree = codes.tree("FORM")
    assert [
        (branch.code, branch.is_heading, [code for code, _label in branch.children]) for branch in tree
    ] == [
        ("LAB", False, ["LAB.FISH"]),
        ("OLD.SUB", False, []),
        ("HEAD", True, ["HEAD.SUB"]),
        ("LOOP1", False, []),
        ("LOOP2", False, []),
        ("LAB.FISH.SEA", False, []),
    ]
    offered = [code for code, _label in codes.choices("FORM")]
    assert "HEAD" not in offered
    assert "MIX" not in offered
    assert codes.label("FORM", "MIX") != "MIX"


# --- in the database ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_all_lists_cost_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        for name in CodeList.values:
            assert codes.labels(name)
            assert codes.choices(name)
            assert codes.tree(name)


@pytest.mark.django_db
def test_an_edit_shows_after_forgetting(django_assert_num_queries):
    codes.labels("FORM")
    with acting(system("migration")):
        Code.objects.filter(list="FORM", code="LAB").update(label_km="ថ្មី")
    with django_assert_num_queries(0):
        assert codes.label("FORM", "LAB") != "ថ្មី"
    codes.forget()
    assert codes.label("FORM", "LAB") == "ថ្មី"


@pytest.mark.django_db
def test_what_was_read_is_read_again_after_a_minute(monkeypatch, django_assert_num_queries):
    codes.labels("FORM")
    monkeypatch.setattr(codes._kept, "read_at", codes._kept.read_at - codes.KEPT_SECONDS - 1)
    with django_assert_num_queries(1):
        codes.labels("FORM")


@pytest.mark.django_db
def test_loading_again_changes_nothing(read):
    with acting(system("migration")):
        assert load_codes.write(read) == (0, 0, 0)


@pytest.mark.django_db
def test_loading_refreshes_a_code_and_leaves_an_edited_one(capsys):
    form = Code.objects.filter(list="FORM")
    editor = uuid.uuid4()
    with acting(system("migration")):
        form.filter(code="LAB").update(label_en="Stale")
        form.filter(code="SEX").update(label_en="Edited", edited_at=timezone.now(), edited_by=editor)
    before = form.get(code="LAB").pk
    call_command("load_codes")
    assert form.get(code="LAB").label_en == "Forced labour"
    assert form.get(code="LAB").pk == before
    assert form.get(code="SEX").label_en == "Edited"
    said = capsys.readouterr().out
    assert "0 new, 1 changed" in said
    assert "1 codes differ" in said


@pytest.mark.django_db
def test_loading_keeps_codes_that_no_file_names():
    with acting(system("migration")):
        Code.objects.create(list="FORM", code="LOCAL", label_km="ក", label_en="Local", basis="DESIGN")
    call_command("load_codes")
    assert Code.objects.filter(list="FORM", code="LOCAL").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"code": "LAB"}, "code_once_per_list"),
        ({"valid_from": dt.date(2026, 1, 2), "valid_until": dt.date(2026, 1, 2)}, "code_until_after_from"),
        ({"edited_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, "code_edited_at_with_by"),
        ({"edited_by": uuid.uuid4()}, "code_edited_at_with_by"),
    ],
)
def test_a_wrong_row_is_refused_with_a_sentence(fields, constraint):
    row = a_code(**{"code": "NEW", "basis": "S"} | fields)
    message = next(c for c in Code._meta.constraints if c.name == constraint).get_violation_error_message()
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert str(message) in refused.value.messages
