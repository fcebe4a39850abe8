"""How a journey walks: a click that leads to another page is over when that page is there.

And what a test's own client sends with a form, as a browser would: its hidden fields.
"""

import html
import re


def follow(page, selector: str) -> None:
    """Click what leads to a page and wait for it; without this a question may reach neither page."""
    with page.expect_navigation():
        page.click(selector)


def hidden(response) -> dict[str, list[str]]:
    """The hidden fields of a page's forms by name, without the key that the test client does not need."""
    found: dict[str, list[str]] = {}
    pattern = r'<input type="hidden" name="([^"]+)" value="([^"]*)"'
    for name, value in re.findall(pattern, response.content.decode()):
        if name != "csrfmiddlewaretoken" and html.unescape(value) not in found.setdefault(name, []):
            found[name].append(html.unescape(value))
    return found
