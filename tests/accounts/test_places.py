"""Places: the published lists come in whole and mended, Khmer sorts as in a dictionary, names read well."""

from collections import Counter

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts import places
from accounts.management.commands import load_places
from accounts.models import Place


@pytest.fixture(scope="module")
def read():
    return load_places.read_places()


@pytest.fixture(scope="module")
def provinces():
    return {province.code: province for province in load_places.read_provinces()}


# --- what the files hold ------------------------------------------------------------------------------------


def test_every_published_place_comes_in(read, provinces):
    """Published: 25, 210, 1,661 and 14,576 rows, 13 of them villages of a commune that the list of communes lacks."""
    assert len(provinces) == 25
    assert Counter(place.level for place in read) == {
        "DISTRICT": 210,
        "COMMUNE": 1661 + 1,
        "VILLAGE": 14563 + 13,
    }


def test_units_are_those_of_the_country(read):
    units = Counter(place.unit for place in read)
    assert (units["SROK"], units["KRONG"], units["KHAN"]) == (163, 33, 14)
    urban = {place.code for place in read if place.unit in {"KRONG", "KHAN"}}
    assert all((p.unit == "SANGKAT") == (p.parent_id in urban) for p in read if p.level == "COMMUNE")


def test_codes_are_unique_and_nest(read, provinces):
    codes = {place.code for place in read}
    parents = codes | {None}
    assert len(codes) == len(read)
    for place in read:
        assert place.code.isascii()
        assert place.code.isdecimal()
        assert len(place.code) == {"DISTRICT": 4, "COMMUNE": 6, "VILLAGE": 8}[place.level]
        assert provinces[place.code[:2]].id == place.province_id
        assert place.parent_id is None if place.level == "DISTRICT" else place.parent_id == place.code[:-2]
        assert place.parent_id in parents


def test_a_repeated_code_becomes_the_position_in_the_commune(read):
    """Commune 081201: the tenth and eleventh village are published with the code of the first."""
    commune = {place.code: place for place in read if place.parent_id == "081201"}
    assert [commune[code].name_km for code in ("08120101", "08120110", "08120111")] == [
        "ក្បាលកោះ",
        "ថ្មី",
        "ទួលស្វាយ",
    ]
    assert commune["08120101"].source == load_places.SOURCE
    assert commune["08120110"].source == load_places.MENDED


def test_placeholder_and_strange_codes_are_mended(read):
    """050614 is published as "0506140-" nine times; 040614 with the numbers of other communes."""
    names = {place.code: place.name_km for place in read}
    assert names["05061409"] == "ស្រល់"
    assert [names[f"040614{n:02}"] for n in (1, 8)] == ["ត្រពាំងអញ្ចាញ", "ក្រពើពល់"]
    assert sum(place.source == load_places.MENDED for place in read) == 81


def test_names_hold_nothing_invisible(read):
    for place in read:
        for name in (place.name_km, place.name_en):
            assert name
            assert name == " ".join(name.split())
            assert not set(name) & set("\u200b\u200c\u200d\ufeff")


def test_every_place_says_where_it_comes_from(read, provinces):
    assert all(place.source for place in read)
    assert all(place.source_date for place in read if place.source.startswith(load_places.SOURCE))
    assert all(province.source and province.source_date for province in provinces.values())


def test_provinces_have_letters_iso_and_spellings(provinces):
    assert len({province.letters for province in provinces.values()}) == 25
    assert all(
        len(p.letters) == 3 and p.letters.isalpha() and p.letters.isupper() for p in provinces.values()
    )
    assert all(province.iso == f"KH-{province.id}" for province in provinces.values())
    assert provinces["01"].letters == "BMC"
    assert provinces["10"].name_en == "Kratié"
    assert {"Kratie", "Kracheh"} <= set(provinces["10"].aliases)
    assert "Sihanoukville" in provinces["18"].aliases
    assert "កណ្ដាល" in provinces["08"].aliases
    assert [p.unit_km for p in provinces.values()].count("រាជធានី") == 1


def test_rows_pass_their_own_validation(read, provinces):
    for province in provinces.values():
        province.clean_fields()
    for place in read[::97]:
        place.clean_fields(exclude=["parent", "province"])


# --- sorting ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "in_order",
    [
        ["កណ្តាល", "កែប", "កំពង់ចាម", "កំពត", "កោះកុង", "ក្រចេះ"],  # consonant, vowel, subscript
        ["ក", "កា", "កិ", "កុ", "កុំ", "កំ", "កាំ", "កះ", "កិះ", "កុះ", "ក្ក"],
        ["រតនគិរី", "ឫស្សី", "លាវ", "ឭ", "វាល"],
        ["អ", "ឧត្តរ", "អូរជ្រៅ"],  # an independent vowel stands where "អ + vowel" stands
        ["ភូមិទី ១", "ភូមិទី ២", "ភូមិទី ៩", "ភូមិទី ១០", "ភូមិទី ១១"],  # numbers by their value
        ["ខ្មែរ ១", "ខ្មែរក"],  # a space comes first
        ["Poipet", "កំពត"],
    ],
)
def test_khmer_sorts_as_in_a_dictionary(in_order):
    mixed_up = in_order[::-1]
    assert sorted(mixed_up, key=places.sort_key) == in_order


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ស្រ្តី", "ស្ត្រី"),  # subscripts typed in either order
        ("កណ្ដាល", "កណ្តាល"),  # two subscripts that look the same
        ("ភូមិ\u200bថ្មី", "ភូមិថ្មី"),
        ("ភូមិ 10", "ភូមិ ១០"),
        ("ប៊ី", "បី៊"),  # a sign typed after its vowel
    ],
)
def test_what_looks_the_same_sorts_the_same(one, other):
    assert places.sort_key(one) == places.sort_key(other)


def test_signs_that_do_not_count_decide_last():
    assert places.sort_key("អភិវឌ្ឍន៍") != places.sort_key("អភិវឌ្ឍន")
    assert places.sort_key("អភិវឌ្ឍន៍") < places.sort_key("អភិវឌ្ឍនក")


@pytest.mark.parametrize("text", ["", "\u200b", "😀", "\u202eabc", "១" * 500, "ក" * 10_000])
def test_any_text_has_a_key(text):
    assert isinstance(places.sort_key(text), str)


def test_keys_fit_their_column(read):
    longest = Place._meta.get_field("sort_key").max_length
    assert max(len(place.sort_key) for place in read) < longest


# --- full names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "unit", "expected"),
    [
        ("km", "SROK", "ស្រុកមង្គលបូរី"),
        ("km", "SANGKAT", "សង្កាត់មង្គលបូរី"),
        ("en", "SROK", "Mongkol Borei district"),
        ("en", "KHAN", "Khan Mongkol Borei"),
    ],
)
def test_a_name_with_its_unit(language, unit, expected):
    place = Place(unit=unit, name_km="មង្គលបូរី", name_en="Mongkol Borei")
    with translation.override(language):
        assert places.name_with_unit(place) == expected


def test_the_capital_is_no_province(provinces):
    names = {}
    for language in ("km", "en"):
        with translation.override(language):
            names[language] = [places.name_with_unit(provinces[code]) for code in ("01", "12")]
    assert names == {
        "km": ["ខេត្តបន្ទាយមានជ័យ", "រាជធានីភ្នំពេញ"],
        "en": ["Banteay Meanchey province", "Phnom Penh"],
    }


def test_a_village_called_village_is_not_called_so_twice():
    with translation.override("km"):
        assert places.name_with_unit(Place(unit="PHUM", name_km="ភូមិទី ៣", name_en="Phum Ti Bei")) == "ភូមិទី ៣"


# --- in the database ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_country_is_in_the_database():
    assert places.provinces().count() == 25
    assert Counter(Place.objects.values_list("level", flat=True)) == {
        "DISTRICT": 210,
        "COMMUNE": 1662,
        "VILLAGE": 14576,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "first", "last"), [("km", "ថ្មពួក", "អូរជ្រៅ"), ("en", "Malai", "Thma Puok")]
)
def test_districts_of_a_province_in_the_readers_order(language, first, last):
    with translation.override(language):
        names = [str(place) for place in places.districts(1)]
    assert (names[0], names[-1], len(names)) == (first, last, 9)


@pytest.mark.django_db
def test_from_the_district_down_to_the_village():
    assert {place.parent_id for place in places.communes("0102")} == {"0102"}
    assert "01020101" in {place.code for place in places.villages("010201")}
    assert not places.communes("010201")  # not a district


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("province", "code", "expected"),
    [
        (1, "0102", True),
        (1, "01020101", True),
        (2, "0102", False),
        (1, "0199", False),
        (1, "", False),
        (1, "01'--", False),
    ],
)
def test_a_province_contains_its_own_places_alone(province, code, expected):
    assert places.contains(province, code) is expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("km", "ភូមិអូរធំ, ឃុំបន្ទាយនាង, ស្រុកមង្គលបូរី, ខេត្តបន្ទាយមានជ័យ"),
        ("en", "Ou Thum village, Banteay Neang commune, Mangkul Bourei district, Banteay Meanchey province"),
    ],
)
def test_the_full_name_of_a_village(language, expected):
    with translation.override(language):
        assert places.path_label("01020101") == expected


@pytest.mark.django_db
def test_many_full_names_cost_two_queries(django_assert_num_queries):
    with django_assert_num_queries(2):
        found = places.path_labels(["01020101", "0110", "12", "99", ""])
    assert found["99"] == "99"
    assert found[""] == ""


@pytest.mark.django_db
def test_loading_again_writes_nothing(capsys):
    with CaptureQueriesContext(connection) as queries:
        call_command("load_places")
    assert not [query for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert "16448 places" in capsys.readouterr().out
