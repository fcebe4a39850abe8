"""The description of the interface for programs: whole, in OpenAPI 3.1, and drawn for people."""

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override

from config.api_urls import urlpatterns

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(people, client_of):
    client = client_of(people.officer_bmc)
    client.cookies["django_language"] = "en"
    return client.get(reverse("api_description")).json()


def test_every_address_is_described(told):
    written = {path.removeprefix("/api/v1/") for path in told["paths"]}
    described = {
        str(one.pattern).replace("<str:", "{").replace("<uuid:pk", "{id").replace(">", "}")
        for one in urlpatterns
    }
    assert described - {"", "openapi.json"} == written
    assert told["openapi"].startswith("3.1")


def test_it_is_drawn_without_a_warning(people, client_of, capsys):
    client_of(people.officer_bmc).get(reverse("api_description"))
    assert "Warning" not in capsys.readouterr().err


def test_what_writes_asks_for_a_key_and_what_changes_for_a_version(told):
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            headers = {one["name"] for one in operation.get("parameters", []) if one["in"] == "header"}
            assert ("Idempotency-Key" in headers) == (method == "post"), path
            assert ("If-Match" in headers) == (path.endswith(("moves/", "again/")) and method == "post"), path
            assert operation["responses"]["4XX"]["content"].keys() == {"application/problem+json"}
            assert operation["security"] == [{"token": []}]


@pytest.mark.asvs("15.3.1")
def test_no_answer_has_a_field_of_identity(told):
    from cases.vault import IDENTITY_FIELDS

    for name, schema in told["components"]["schemas"].items():
        if not name.endswith("Request") and name != "Agency":  # an agency has a public name
            assert not set(schema["properties"]) & set(IDENTITY_FIELDS), name


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_page_lists_every_operation_in_the_readers_language(people, client_of, told, language):
    client = client_of(people.officer_bmc)
    client.cookies["django_language"] = language
    page = client.get(reverse("api_operations"))
    content = page.content.decode()
    for path, methods in told["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in content
    with override(language):
        assert gettext("One case file") in content
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert "cdn" not in content
