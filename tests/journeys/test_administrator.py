"""In a real browser: an administrator prints a slip, a new colleague chooses a password with it and signs in."""

import re

import pytest

from tests.browsing import code_of, follow

pytestmark = pytest.mark.journey

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.mark.parametrize(("lang", "width", "javascript"), [("km", 360, True), ("en", 1280, False)])
def test_a_slip_leads_to_a_password(people, browser_page, lang, width, javascript):
    administrator = browser_page(people.administrator, lang=lang, width=width, javascript=javascript)
    administrator.goto("/place/people/?role=PROVINCIAL_OFFICER")
    assert administrator.evaluate(FITS) if javascript else True
    follow(administrator, f"a[href$='{people.officer_btb.pk}/']")
    follow(administrator, "main a.govuk-button[href$='/slip/']")
    follow(administrator, "main form button")
    printed = administrator.inner_text(".k-slip")
    (code,) = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", printed)
    assert "officer_btb" in printed
    assert "/sign-in/slip/" in printed

    colleague = browser_page(None, lang=lang, width=width, javascript=javascript)
    colleague.goto("/sign-in/")
    follow(colleague, "a[href='/sign-in/slip/']")
    for name, value in (("login", "officer_btb"), ("code", code), ("password1", "rain on a tin roof")):
        colleague.fill(f"[name={name}]", value)
    colleague.fill("[name=password2]", "rain on a tin roof")
    follow(colleague, "main form button")
    assert colleague.url.endswith("/sign-in/")
    colleague.fill("[name=login]", "officer_btb")
    colleague.fill("[name=password]", "rain on a tin roof")
    follow(colleague, "main form button")
    assert colleague.goto("/files/").url.endswith("/sign-in/?next=/files/"), (
        "the password alone opens nothing"
    )
    colleague.goto("/sign-in/second/")
    if javascript:
        assert colleague.evaluate(FITS)
    colleague.fill("[name=code]", code_of("officer_btb"))
    follow(colleague, "main form button")
    assert colleague.goto("/files/").status == 200
    if javascript:
        assert colleague.evaluate(FITS)
