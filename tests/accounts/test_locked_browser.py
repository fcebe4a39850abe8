"""The lock page in a real browser, and accounts that are closed while their connections stay open."""

import http.client
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import reverse

from accounts import actions
from tests.browsing import follow
from tests.factories import give_token, make_case
from tests.people import PASSWORD

WORDS = "បាននិយាយជាមួយគ្រួសារ"


@pytest.mark.journey
def test_the_page_is_emptied_and_comes_back_with_its_text(browser_page, people):
    number = make_case(by=people.officer_bmc, full=True).number
    with override_settings(SESSION_IDLE_SECONDS=5):
        page = browser_page(people.officer_bmc, width=360)
        page.route("**/lock/", lambda route: route.abort())  # the line is down
        page.goto(reverse("cases:note", args=[number]))
        page.fill("textarea", WORDS)
        page.wait_for_selector("[data-locked]:not([hidden])")
        for secret in (WORDS, number, people.officer_bmc.name):
            assert secret not in page.content()
        assert page.evaluate("document.body.children.length") == 1
        assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
        page.unroute("**/lock/")
        page.wait_for_url("**/sign-in/unlock/**")
        assert WORDS not in page.content()
    page.fill("[name=confirm_password]", PASSWORD)
    follow(page, "main .govuk-button")
    assert page.input_value("textarea") == WORDS


@pytest.mark.asvs("7.4.2", "8.3.2")
def test_a_closed_account_is_nobody_on_connections_that_stay_open(site, people, client_of, as_):
    _token, text = give_token(people.officer_bmc, by=people.administrator, scope="READ")
    jar = client_of(people.officer_bmc).cookies
    session = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={jar[settings.SESSION_COOKIE_NAME].value}"}
    asked = {"/": session, "/api/v1/cases/": {"Authorization": f"Bearer {text}"}}
    kept = {path: http.client.HTTPConnection(urlsplit(site).netloc) for path in asked}

    def ask(path):
        kept[path].request("GET", path, headers=asked[path])
        answer = kept[path].getresponse()
        answer.read()
        return answer.status

    assert [ask(path) for path in asked] == [200, 200]
    sockets = [one.sock for one in kept.values()]
    with as_(people.administrator):
        actions.disable_person(person=people.officer_bmc, by=people.administrator)
    assert [ask(path) for path in asked] == [302, 401]
    assert sockets == [one.sock for one in kept.values()], "on the same connections"
    for one in kept.values():
        one.close()
