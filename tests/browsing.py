"""How a journey walks: a click that leads to another page is over when that page is there."""


def follow(page, selector: str) -> None:
    """Click what leads to a page and wait for it; without this a question may reach neither page."""
    with page.expect_navigation():
        page.click(selector)
