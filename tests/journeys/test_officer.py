"""Story 1 in a real browser: a provincial officer takes a report to a case file, in Khmer, on a phone and a desk."""

import pytest

from tests.browsing import follow

pytestmark = pytest.mark.journey


def go_on(page):
    follow(page, "#main-form .govuk-button >> nth=0")


def fill_date(page, name, day, month, year):
    for part, value in (("day", day), ("month", month), ("year", year)):
        page.fill(f"[name={name}_{part}]", value)


@pytest.mark.parametrize(("lang", "width"), [("km", 360), ("en", 1280)])
def test_an_officer_makes_notes_and_moves_a_file(people, browser_page, lang, width):
    page = browser_page(people.officer_bmc, lang=lang, width=width)
    page.goto("/files/find/")
    page.fill("[name=question]", "សុខ ស្រីមុំ")
    go_on(page)
    follow(page, "form[action='/files/new/'] button")
    page.check("[name=official_involved][value=NO]")
    page.wait_for_selector("[data-saved]:not(:empty)")
    go_on(page)
    page.select_option("[name=channel]", "HOTLINE_117")
    fill_date(page, "reported_on", "៤០", "១១", "២០២៥")
    go_on(page)
    assert page.locator(".govuk-error-summary").count() == 1
    page.fill("[name=reported_on_day]", "៤")
    go_on(page)
    page.fill("[name=alias]", "កាបូបខៀវ")
    page.check("[name=sex][value=FEMALE]")
    page.fill("[name=name_km]", "សុខ ស្រីមុំ")
    go_on(page)
    go_on(page)
    go_on(page)
    page.check("[name=risk_level][value=HIGH]")
    go_on(page)
    page.check("[name=consent][value=GIVEN]")
    fill_date(page, "consent_on", "4", "11", "2025")
    page.check("[name=consent_how][value=SPOKEN]")
    go_on(page)
    page.fill("[name=summary]", "ត្រូវការជម្រក")
    go_on(page)
    go_on(page)
    assert page.url.endswith("/files/BMC-2026-00001-1/receipt/")
    page.goto("/files/BMC-2026-00001-1/note/")
    page.fill("[name=text]", "បានជួបនៅមណ្ឌល")
    follow(page, "header button[name=language]")
    assert page.input_value("[name=text]") == "បានជួបនៅមណ្ឌល"
    go_on(page)
    page.goto("/files/BMC-2026-00001-1/move/start_screening/")
    go_on(page)
    assert page.locator(".k-timeline li").count() >= 3
    overflow = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not overflow
    other = browser_page(people.officer_btb, lang=lang, width=width)
    assert other.goto("/files/BMC-2026-00001-1/").status == 404


def test_the_intake_works_without_javascript(people, browser_page):
    page = browser_page(people.officer_bmc, javascript=False)
    page.goto("/files/find/")
    page.fill("[name=question]", "x")
    go_on(page)
    follow(page, "form[action='/files/new/'] button")
    page.check("[name=official_involved][value=UNSURE]")
    go_on(page)
    page.select_option("[name=channel]", "SELF")
    go_on(page)
    page.fill("[name=alias]", "ឡានលេខ ៣")
    for _page in range(6):
        go_on(page)
    go_on(page)
    assert "/receipt/" in page.url


def test_leaving_quickly_ends_the_session_and_keeps_the_draft(people, browser_page, as_):
    page = browser_page(people.officer_bmc)
    page.goto("/files/find/")
    page.fill("[name=question]", "x")
    go_on(page)
    follow(page, "form[action='/files/new/'] button")
    page.check("[name=official_involved][value=NO]")
    page.wait_for_selector("[data-saved]:not(:empty)")
    page.click("[data-quick-exit]")
    page.wait_for_url("**/quiet/")
    assert "Karpea" not in page.content()
    for _look in range(50):  # the page was left before the server had heard of it: that is the point
        page.goto("/")
        if "/sign-in/" in page.url:
            break
        page.wait_for_timeout(100)
    assert "/sign-in/" in page.url
    from desk.models import Draft

    with as_(people.officer_bmc):
        assert Draft.objects.filter(kind="INTAKE").count() == 1


@pytest.mark.parametrize("javascript", [True, False])
def test_enter_in_a_text_box_sends_the_form_and_keeps_the_language(people, browser_page, javascript):
    page = browser_page(people.officer_bmc, lang="en", javascript=javascript)
    page.goto("/files/find/")
    page.fill("[name=question]", "សុខ")
    with page.expect_navigation():
        page.press("[name=question]", "Enter")
    assert page.get_attribute("html", "lang") == "en"
    follow(page, "form[action='/files/new/'] button")
    page.check("[name=official_involved][value=NO]")
    go_on(page)
    page.select_option("[name=channel]", "SELF")
    page.fill("[name=reported_on_year]", "2025")
    with page.expect_navigation():
        page.press("[name=reported_on_year]", "Enter")
    assert page.get_attribute("html", "lang") == "en"
    assert page.url.endswith("/person/")


def test_a_form_sent_without_a_line_stays_and_says_so(people, browser_page):
    page = browser_page(people.officer_bmc, lang="en", width=360)
    page.goto("/files/find/")
    page.fill("[name=question]", "សុខ")
    page.context.set_offline(True)
    page.click("#main-form .govuk-button")
    page.wait_for_selector("[data-offline]:not([hidden])")
    assert page.input_value("[name=question]") == "សុខ"
    page.context.set_offline(False)
    page.wait_for_selector("[data-offline]", state="hidden")
    page.wait_for_timeout(1100)  # a second press within a second counts as a double click
    go_on(page)
    assert page.locator("#found").count() == 1
