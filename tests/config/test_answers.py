"""Every answer of every address: its headers, its kind, its methods, and that a look changes nothing."""

import re

import gunicorn
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.contracts.addresses import address, records
from tests.contracts.urls import ROWS
from tests.world import build

pytestmark = pytest.mark.django_db

#: Opened as an address these lead on, or are asked for by machines alone; others hold them.
NOT_LOOKED_AT = {"metrics", "health_live", "health_ready"}
#: The same for everybody: codes, public agencies, definitions, the description. A program may keep them for a while.
NAMES_NOBODY = {
    "quiet", "api_code_lists", "api_codes", "api_agencies", "api_report_definitions", "api_description",
}  # fmt: skip
#: No form of theirs carries a key on purpose: who leaves must always be let go; a browser reports by itself.
WITHOUT_KEY = {"quick_exit", "lock", "policy_report"}
KINDS = re.compile(
    r"text/(html|csv|plain); charset=utf-8"
    r"|application/(json|problem\+json|pdf|x-ndjson|vnd\.[a-z.-]+)(; charset=utf-8)?"
)


@pytest.fixture
def known(people, outside):
    world = build()
    event = outside("SELECT id FROM audit_event WHERE kind = 'FILE_OPENED' ORDER BY seq LIMIT 1")[0][0]
    return records(world, event)


def rows_of_everything(outside):
    """How many rows each record and its history have; the trail grows with looks, as it must."""
    tables = outside(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
        "AND relname ~ '^(accounts|cases|referrals|reports|desk)_' "
        "AND has_table_privilege(oid, 'SELECT') AND relname !~ '(tally|notice|seen|once|draft)$' ORDER BY 1"
    )
    counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for (name,) in tables)
    return outside(counts)


def looked(answer, where):
    """What is wrong with the headers of one answer."""
    told = answer.headers
    expected = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    wrong = [f"{where}: {name}" for name, value in expected.items() if told.get(name) != value]
    if "no-store" not in told.get("Cache-Control", "") and where not in NAMES_NOBODY:
        wrong.append(f"{where}: may be kept by a browser")
    if "frame-ancestors 'none'" not in told.get("Content-Security-Policy", ""):
        wrong.append(f"{where}: content policy")
    if answer.content and not KINDS.fullmatch(told["Content-Type"].lower()):
        wrong.append(f"{where}: is {told['Content-Type']}")
    named = [name for name in told if name.startswith("Access-Control") or name in ("Server", "X-Powered-By")]
    return wrong + [f"{where}: says {name}" for name in named]


@pytest.mark.asvs("3.4.2", "3.4.4", "3.4.5", "3.4.6", "3.4.8", "3.5.3", "4.1.1", "14.3.2")
@pytest.mark.parametrize("name", ["officer_bmc", "administrator", "stranger"])
def test_a_look_has_the_headers_and_changes_nothing(people, client_of, known, outside, name):
    client = Client() if name == "stranger" else client_of(getattr(people, name))
    before, wrong = rows_of_everything(outside), []
    for row in ROWS:
        if row.view in NOT_LOOKED_AT or row.cell("GET") == 405:
            continue
        asked = client.get(address(row, known), headers={"Origin": "https://elsewhere.example"})
        wrong += looked(asked, row.view)
    assert wrong == []
    assert rows_of_everything(outside) == before
    assert settings.WHITENOISE_ALLOW_ALL_ORIGINS is False, "static files carry a header of their own"


@pytest.mark.asvs("4.1.4", "13.4.4")
def test_an_address_knows_its_methods_and_no_other(people, client_of, known, outside):
    client, wrong, before = client_of(people.officer_bmc), [], None
    for row in ROWS:
        before = before or rows_of_everything(outside)
        where = address(row, known)
        is_api = where.startswith("/api/v1/") and where != "/api/v1/"
        for method in ("TRACE", "PUT", "DELETE", "PATCH", "INVENTED"):
            status = client.generic(method, where).status_code
            if status not in ({405, 403, 404} if is_api else {405}):
                wrong.append(f"{method} {row.view}: {status}")
    assert wrong == []
    override = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE"}
    assert client.get(reverse("cases:list"), headers=override).status_code == 200
    assert rows_of_everything(outside) == before


@pytest.mark.asvs("3.5.1")
def test_every_form_asks_for_its_key(people, sign_in, known):
    client = sign_in(Client(enforce_csrf_checks=True), people.officer_bmc)
    got = {}
    for row in ROWS:
        if row.cell("POST") != 405 and row.view not in WITHOUT_KEY:
            got[row.name] = client.post(address(row, known), {}).status_code
    # Programs send JSON: a form is refused for what it is before its key is looked for.
    wrong = {
        name: got
        for name, got in got.items()
        if got not in ((403, 404, 415) if name[:4] == "api_" else (403, 404))
    }
    assert wrong == {}
    assert sum(status == 403 for status in got.values()) > 60


@pytest.mark.asvs("13.4.5")
def test_the_description_is_not_for_strangers(client, client_of, people):
    for name in ("api_operations", "api_description"):
        assert client.get(reverse(name)).status_code in (302, 401)
        assert client_of(people.officer_bmc).get(reverse(name)).status_code == 200


@pytest.mark.asvs("13.4.3")
@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/img/",
        "/static/../config/settings.py",
        "/.git/config",
        "/media/",
        "/files/../.git/",
    ],
)
def test_no_folder_is_listed(client, path):
    assert client.get(path).status_code in (302, 404)
    assert b"Index of" not in client.get(path, follow=True).content


@pytest.mark.asvs("13.4.6")
def test_no_answer_says_which_version_of_what(client):
    told = str(dict(client.get("/sign-in/").headers)) + str(dict(client.get("/nothing-here/").headers))
    assert not re.search(r"(?i)django|python|gunicorn|postgres|karpea/", told)
    assert gunicorn.SERVER == "gunicorn", "the only word that the web server says of itself"


@pytest.mark.asvs("3.4.1")
def test_behind_https_browsers_are_told_to_stay_there(settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31536000, True
    assert "Strict-Transport-Security" not in Client().get("/health/live").headers
    told = Client().get("/health/live", secure=True)["Strict-Transport-Security"]
    assert told == "max-age=31536000; includeSubDomains"


@pytest.mark.asvs("4.1.2")
def test_programs_are_not_led_on_from_http(settings, people, client_of):
    settings.SECURE_SSL_REDIRECT = True
    plain, safe = client_of(people.officer_bmc), client_of(people.officer_bmc)
    for where in ("/", "/files/", "/api/v1/"):
        assert plain.get(where)["Location"] == f"https://testserver{where}"
    for name in ("api_case_list", "api_description"):
        answer = plain.get(reverse(name), headers={"Authorization": "Bearer karpea_x"})
        assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
        assert "Location" not in answer
        assert safe.get(reverse(name), secure=True).status_code == 200
