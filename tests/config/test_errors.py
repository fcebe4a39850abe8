"""Pages for when something does not work: both languages, no database needed for the worst of them."""

import json
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from accounts.refusals import NotFound, Refused, Stale
from config import errors, problems

pytestmark = pytest.mark.usefixtures("_plain_files")


@pytest.fixture
def _plain_files(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def request_(rf: RequestFactory):
    request = rf.get("/files/BMC-2026-00417-7/")
    request.user, request.session, request.resolver_match = AnonymousUser(), {}, None
    return request


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429])
@pytest.mark.parametrize("lang", ["km", "en"])
def test_each_status_has_a_page_in_each_language(request_, status, lang):
    with translation.override(lang):
        response = errors.page(request_, status)
    assert response.status_code == status
    assert f'<html lang="{lang}"' in response.content.decode()


@pytest.mark.asvs("16.5.1", "16.5.4")
@pytest.mark.parametrize("status", [500, 503])
def test_the_worst_pages_speak_both_languages_and_ask_nothing(rf, status):
    request = rf.get("/")  # no user, no session
    html = errors.page(request, status).content.decode()
    assert '<div lang="km">' in html
    assert '<div lang="en">' in html


def test_a_refusal_says_why_and_a_hidden_record_nothing(request_):
    with translation.override("en"):
        said = errors.forbidden(request_, Refused("Only the owner may.", code="owner")).content.decode()
        hidden = errors.not_found(request_, NotFound(label="BMC-2026-00417-7")).content.decode()
    assert "Only the owner may." in said
    assert "There is nothing to see here" in hidden
    assert "not found" not in hidden


def test_a_refusal_says_its_reason_once(request_):
    with translation.override("en"):
        html = errors.forbidden(
            request_, Refused("Your role does not include this.", code="capability:X")
        ).content.decode()
        bare = errors.forbidden(request_).content.decode()
    assert "Your role does not include this." in html
    assert "Your role does not include it." not in html
    assert "Your role does not include it." in bare


@pytest.mark.parametrize("status", [500, 503])
def test_the_number_of_an_error_says_what_it_is(rf, status):
    request = rf.get("/")
    assert "Number of this error" not in errors.page(request, status).content.decode()
    request.id = "0123456789abcdef"
    html = errors.page(request, status).content.decode()
    for lang in ("km", "en"):
        with translation.override(lang):
            label = gettext("Number of this error:")
        assert re.search(rf"{label}\s*<span[^>]*>0123456789abcdef</span>", html)


@pytest.mark.parametrize("lang", ["km", "en"])
def test_an_address_that_is_only_a_button_has_a_page(client_of, people, lang):
    client = client_of(people.officer_bmc)
    client.cookies["django_language"] = lang
    answer = client.get(reverse("language"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    with translation.override(lang):
        assert gettext("This address cannot be opened like that") in answer.content.decode()
        assert people.officer_bmc.name in answer.content.decode()
    machine = client.post(reverse("api_agencies"))
    assert (machine.status_code, machine["Content-Type"]) == (405, "application/problem+json")


def test_too_much_at_once_is_413(request_):
    assert errors.bad_request(request_, RequestDataTooBig("big")).status_code == 413


def test_a_database_that_is_away_is_503(rf):
    try:
        raise OperationalError("server closed the connection")
    except OperationalError:
        response = errors.server_error(rf.get("/"))
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert b"server closed" not in response.content
    assert errors.server_error(rf.get("/")).status_code == 500


def test_a_stale_form_is_409_and_an_unknown_error_goes_on(request_):
    answers = errors.AnswersMiddleware(lambda request: None)
    assert answers.process_exception(request_, Stale(sent=1, now=2)).status_code == 409
    assert answers.process_exception(request_, ValueError("x")) is None


def test_machines_get_problem_json(rf):
    response = errors.page(rf.get("/api/v1/cases/"), 404)
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["status"] == 404


def test_rest_framework_errors_have_the_same_shape():
    from rest_framework.exceptions import ValidationError
    from rest_framework.request import Request

    context = {"request": Request(RequestFactory().get("/api/v1/cases/"))}
    response = problems.api_problem(ValidationError({"age": ["Too old."]}), context)
    assert response.status_code == 400
    assert "Too old" not in str(response.data)  # the framework's words repeat what was sent
    stale = problems.api_problem(Stale(sent=1, now=2), context)
    assert (stale.status_code, stale.data["sent_version"], stale.data["current_version"]) == (412, 1, 2)
    assert problems.api_problem(ValueError("x"), context) is None
