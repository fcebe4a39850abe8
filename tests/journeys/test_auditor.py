"""Story 3 in a real browser: the auditor reads the trail in sentences, filters it, and asks for what it shows."""

import pytest

from desk.models import Export
from tests.factories import make_case

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(("lang", "width"), [("km", 1280), ("en", 360)])
def test_an_auditor_filters_and_exports_the_trail(people, browser_page, as_, lang, width):
    case = make_case(by=people.officer_bmc, full=True, status="SCREENING")
    other = make_case(by=people.officer_btb)
    auditor = browser_page(people.auditor, lang=lang, width=width)
    auditor.goto("/trail/")
    body = auditor.inner_text("main")
    assert case.number in body
    assert other.number in body
    assert not auditor.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    auditor.goto(f"/trail/?record={case.number.lower()}")
    body = auditor.inner_text("main")
    assert case.number in body
    assert other.number not in body
    auditor.click("button[name=shape][value=CSV]")
    auditor.wait_for_url("**/exports/**")
    with as_(people.auditor):
        assert Export.objects.get().shape == "CSV"
    assert auditor.goto(f"/files/{case.number}/").status == 404
    officer = browser_page(people.officer_bmc, lang=lang, width=width)
    assert officer.goto("/trail/").status == 403
