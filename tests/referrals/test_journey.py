"""Story 2 in a real browser: an officer refers, the ministry returns and then approves, the organisation accepts."""

import pytest

from tests.browsing import follow
from tests.factories import add_note
from tests.referrals import made

pytestmark = pytest.mark.journey


def _fill(page, agency):
    page.select_option("select[name=to]", value=str(agency.pk))
    page.check("input[name=services][value='SHEL.ST']")
    page.check("input[name=services][value='LEG']")
    page.check("input[name=reason][value=ADDITIONAL_SERVICES]")
    page.fill("textarea[name=summary]", made.WORDS)
    page.check("input[name=identity][value=NO]")
    page.check("input[name=consent][value=GIVEN]")
    page.check("input[name=consent_how][value=THUMBPRINT]")
    for box, value in (("day", "៣"), ("month", "១"), ("year", "២០២៦")):
        page.fill(f"input[name=consent_on_{box}]", value)


@pytest.mark.parametrize(("lang", "width", "javascript"), [("km", 360, True), ("en", 1280, False)])
def test_a_file_is_referred_returned_approved_and_accepted(
    fresh_db, people, case, agency, browser_page, lang, width, javascript
):
    def sit_down(person):
        return browser_page(person, lang=lang, width=width, javascript=javascript)

    def fits(page):
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    officer = sit_down(people.officer_bmc)
    officer.goto(f"/files/{case.number}/")
    follow(officer, f"a[href='/referrals/new/{case.number}/']")
    follow(officer, "#main-form button.govuk-button")
    officer.wait_for_selector(".govuk-error-summary")
    fits(officer)
    _fill(officer, agency("NGO-HOPE"))
    follow(officer, "#main-form button.govuk-button")
    officer.wait_for_selector(".k-notice")
    fits(officer)
    address = officer.url

    reviewer = sit_down(people.reviewer)
    reviewer.goto("/referrals/review/")
    follow(reviewer, "table a")
    assert reviewer.url == address
    follow(reviewer, "a[href$='/return/']")
    reviewer.check("input[name=reason][value=INSUFFICIENT_INFORMATION]")
    reviewer.fill("textarea[name=words]", "សូមបញ្ជាក់ភាសា")
    fits(reviewer)
    follow(reviewer, "main button.govuk-button")
    reviewer.wait_for_selector(".k-notice")

    officer.goto("/")
    follow(officer, f"a[href='/{address.split('/', 3)[3]}']")
    assert "សូមបញ្ជាក់ភាសា" in officer.inner_text(".k-timeline")
    follow(officer, "a[href$='/edit/']")
    officer.fill("textarea[name=summary]", f"{made.WORDS} និយាយភាសាខ្មែរ")
    follow(officer, "#main-form button.govuk-button")
    officer.wait_for_selector(".k-notice")

    organisation = sit_down(people.ngo_hope)
    assert organisation.goto(address).status == 404
    reviewer.goto(address)
    follow(reviewer, "a[href$='/approve/']")
    follow(reviewer, "main button.govuk-button")
    reviewer.wait_for_selector(".k-notice")

    organisation.goto("/")
    follow(organisation, "table a")
    assert organisation.url == address
    packet = organisation.inner_text("main")
    assert "និយាយភាសាខ្មែរ" in packet
    assert case.number not in packet
    assert "សូមបញ្ជាក់ភាសា" not in packet
    assert organisation.goto(f"/files/{case.number}/").status == 404
    organisation.goto(address)
    follow(organisation, "a[href$='/accept/']")
    fits(organisation)
    follow(organisation, "main button.govuk-button")
    organisation.wait_for_selector(".k-notice")
    follow(organisation, f"a[href='/files/{case.number}/']")
    assert case.number in organisation.inner_text("main")
    fits(organisation)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_long_word_widens_no_page_and_short_labels_stay_in_one_line(
    fresh_db, people, case, browser_page, width
):
    """A link, a hash, Khmer typed without a zero-width space: it breaks. Pills and "Yes" do not."""
    word = "k" * 1400
    referral = made.submit(case, people.officer_bmc, summary=word)
    made.act("send_back", referral, people.reviewer, words=word)
    add_note(case, by=people.officer_bmc, text=word)
    page = browser_page(people.officer_bmc, lang="en", width=width)
    for address in (
        f"/referrals/{referral.pk}/",
        f"/referrals/{referral.pk}/edit/",
        f"/files/{case.number}/",
    ):
        page.goto(address)
        assert page.inner_text("main").count(word), address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    page.goto(f"/referrals/{referral.pk}/edit/")
    lines = "e => Math.round(e.getBoundingClientRect().height / parseFloat(getComputedStyle(e).lineHeight))"
    for label in ("label[for=id_identity_0]", "label[for=id_identity_1]"):
        assert page.eval_on_selector(label, lines) == 1, label
    page.goto(f"/referrals/{referral.pk}/")
    assert page.eval_on_selector(".k-tag", lines) == 1
