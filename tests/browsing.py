"""How a journey walks: a click that leads to another page is over when that page is there.

And what a test's own client sends with a form, as a browser would: its hidden fields; and how it signs in.
"""

import html
import re

from tests.people import PASSWORD, secret_of


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


def mark(client, person):
    """What the second page of signing in leaves in a session: without it a session is nobody's."""
    from django.utils import timezone

    from accounts.door import LOCKED, MARK, SINCE

    session = client.session
    session.pop(LOCKED, None)
    session[MARK] = str(person.pk)
    session[SINCE] = int(timezone.now().timestamp())
    session.save()
    return client


def code_of(name: str, *, later: int = 0) -> str:
    """The code that somebody's app shows now, or some steps later."""
    from accounts.factors import code_at, step_now

    return code_at(secret_of(name), step_now() + later)


def sign_in_by_form(client, name: str, password: str = PASSWORD, *, code: str | None = None, later: int = 0):
    """Through both pages; the answer of the last one that was reached."""
    first = client.post("/sign-in/", {"login": name, "password": password})
    if first.status_code != 302 or first["Location"] != "/sign-in/second/":
        return first
    typed = code_of(name, later=later) if code is None else code
    return client.post("/sign-in/second/", {"code": typed})
