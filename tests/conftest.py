"""The ground of every test: a real PostgreSQL, the role of the site, and people who exist already.

- `db` (pytest-django): one transaction, rolled back. For nearly everything.
- `fresh_db`: a clone of one's own with real commits. For browsers, workers, other roles, other threads.
- `people`: everybody of tests/people.py. `as_(person)`: act as one. `sign_in(client, person)`: a signed-in client.
- `rows(person, sql)`: raw SQL as that person sees it. `outside(sql)`: what is there beyond every policy.
- `browser_page(person, lang=, width=)`: Chromium on a live site of its own.
"""

import datetime
import json
import os
import socket
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections

from . import ground
from .browsing import mark
from .people import PEOPLE, read

BACKEND = settings.AUTHENTICATION_BACKENDS[0]


# --- databases ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def clones(django_test_environment, django_db_blocker):
    """This process's databases. Says in one sentence what is missing when there is no cluster for tests."""
    if settings.ROLE != "web":
        pytest.exit("Tests run as the site's own role: unset KARPEA_ROLE, then run `make test`.", 1)
    if settings.DEMO:
        pytest.exit(
            'These services hold real work: run `make test`, or eval "$(python3 config/local env --test)".', 1
        )
    with django_db_blocker.unblock():
        made = ground.Clones()
    yield made
    made.close()


@pytest.fixture(scope="session")
def django_db_setup(clones, django_db_blocker):
    """Instead of pytest-django's: this process's clone of the template."""
    name = clones.new()
    with django_db_blocker.unblock():
        connections.close_all()
        connection.settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    clones.drop(name)


@pytest.fixture
def fresh_db(request, django_db_setup, clones, django_db_blocker):
    """A database of this test's own, where commits are real. Its name."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        pytest.fail("Use either `db` (rolled back) or `fresh_db` (a clone with commits), not both.")
    before, name = connection.settings_dict["NAME"], clones.new()
    with django_db_blocker.unblock():
        connections.close_all()
        connection.settings_dict["NAME"] = name
        yield name
        connections.close_all()
        connection.settings_dict["NAME"] = before
    clones.drop(name)


@pytest.fixture
def transactional_db(fresh_db):
    """pytest-django's own empties the tables with TRUNCATE, which is refused to the site."""


@pytest.fixture
def any_db(request):
    """The database of the test: its own clone when it asked for one, else the transaction."""
    return request.getfixturevalue("fresh_db" if "fresh_db" in request.fixturenames else "db")


# --- people and who acts ------------------------------------------------------------------------------------


@pytest.fixture
def people(any_db):
    return read()


@pytest.fixture
def as_(any_db):
    """`with as_(people.officer_bmc):` acts as that person, in Python and in the database."""
    from audit.context import acting

    @contextmanager
    def act(person):
        with acting(person.as_actor()):
            yield person

    return act


@pytest.fixture
def act_as(as_):
    return as_


@pytest.fixture
def hire(people):
    """`hire(person, code, role)`: the administrator gives somebody one more role, since the new year."""

    from accounts import actions
    from accounts.models import Agency
    from accounts.roles import Role
    from audit.context import acting

    def give(person, code, role):
        with acting(people.administrator.as_actor()):
            actions.start_membership(
                person=person,
                agency=Agency.objects.get(code=code),
                role=Role(role),
                by=people.administrator,
                starts_on=datetime.date(2026, 1, 1),
            )
        return person

    return give


@pytest.fixture
def sign_in(any_db):
    """`sign_in(client, person)`: as if they had just gone through both pages. The client again."""

    def signed_in(client, person):
        from audit.context import acting, system

        with acting(system("sign-in")):
            client.force_login(person, backend=BACKEND)
        return mark(client, person)

    return signed_in


@pytest.fixture
def client_of(sign_in):
    """`client_of(person)`: a signed-in client; of None: a stranger."""
    from django.test import Client

    def make(person, **extra):
        client = Client(**extra)
        return client if person is None else sign_in(client, person)

    return make


@pytest.fixture
def rows(any_db):
    """`rows(person, sql, params)`: what the database itself shows this person, past Django's managers."""
    from audit.context import acting

    def ask(person, sql, params=()):
        with acting(person.as_actor()), connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    return ask


EVERY_PRINCIPAL = """
SELECT set_config('app.actor', 'system:export', true), set_config('app.roles', '{AUDITOR,ADMINISTRATOR}', true),
       set_config('app.provinces', (SELECT array_agg(id)::int[] FROM accounts_province)::text, true),
       set_config('app.agencies', (SELECT array_agg(id) FROM accounts_agency)::text, true),
       set_config('app.principals', (
           (SELECT array_agg('person:' || id) FROM accounts_user)
           || (SELECT array_agg('agency:' || id) FROM accounts_agency)
           || (SELECT array_agg('province:' || p.id || ':' || k.viewer_kind)
                 FROM accounts_province p, (SELECT DISTINCT viewer_kind FROM accounts_sectionrule) k)
           || 'named-desk'::text)::text, true)
"""


@pytest.fixture
def outside(any_db):
    """`outside(sql, params)`: rows whoever may see them, to show that what must stay hidden is really there.

    Asks inside the test's own transaction, with every principal at once (private drafts excepted).
    """
    from audit.context import acting, system

    def ask(sql, params=()):
        with acting(system("export")), connection.cursor() as cursor:
            cursor.execute(EVERY_PRINCIPAL)
            cursor.execute(sql, params)
            return cursor.fetchall()

    return ask


@pytest.fixture
def events(outside):
    """`events(kind=None)`: the trail as (kind, result, actor, label, detail), oldest first."""

    def ask(kind=None):
        found = outside(
            "SELECT kind, result, actor, object_label, detail FROM audit_event "
            "WHERE %s::text IS NULL OR kind = %s ORDER BY seq",
            [kind, kind],
        )
        return [(*row[:4], json.loads(row[4])) for row in found]

    return ask


# --- no network ---------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True, scope="session")
def _no_network():
    """Tests speak to sockets of this machine only; an address elsewhere is a mistake that must be seen."""
    real = socket.socket.connect

    def connect(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "::1",
            "localhost",
        ):
            raise RuntimeError(f"A test wanted to speak to {address[0]}: tests use no network.")
        return real(self, address)

    socket.socket.connect = connect
    yield
    socket.socket.connect = real


@pytest.fixture(autouse=True)
def _khmer_and_nothing_kept():
    """Each test begins in Khmer, with no code list or place kept from the test before."""
    from django.utils import translation

    from accounts import codes

    codes.forget()
    with translation.override("km"):
        yield
    codes.forget()


@pytest.fixture(autouse=True, scope="session")
def _short_sheets():
    """A sheet of the product has thirty codes, whose hashes take seconds by design; one of the tests has three."""
    from accounts.actions import factors

    factors.CODES = 3


# --- static files ---


@pytest.fixture(autouse=True, scope="session")
def _plain_static():
    """Addresses of static files without a collected manifest: nothing has to be collected for a test."""
    from django.test.utils import override_settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
        yield


# --- a real browser -----------------------------------------------------------------------------------------


@pytest.fixture
def site(fresh_db):
    """The address of a running site over this test's own database."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    if not (ground.ROOT / "static" / "build" / "karpea.css").exists():
        pytest.fail("static/build is missing: `make test` builds it before the browser opens a page.")
    thread = LiveServerThread("localhost", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://localhost:{thread.port}"
    thread.terminate()


def chromium():
    """Where the browser is; a machine without one skips journeys, continuous integration fails."""
    for path in (
        os.environ.get("CHROMIUM", ""),
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ):
        if path and Path(path).exists():
            return path
    sentence = "No Chromium on this machine: install it (apt-get install chromium) or name it in CHROMIUM."
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)
    return None


@pytest.fixture(scope="session")
def chrome(_no_network):
    from playwright.sync_api import sync_playwright

    path = chromium()
    # Playwright's loop lives in this thread from here on; the database does not mind.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def browser_page(site, chrome, client_of):
    """`browser_page(person, lang="km", width=1280)`: a page whose person is signed in (None: nobody).

    Refuses to end well when the page logged an error or asked for an address elsewhere.
    """
    contexts, trouble = [], []

    def open_page(person=None, *, lang="km", width=1280, javascript=True):
        context = chrome.new_context(
            base_url=site,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            locale="en-US",
        )
        contexts.append(context)
        cookies = [{"name": settings.LANGUAGE_COOKIE_NAME, "value": lang, "url": site}]
        if person is not None:
            jar = client_of(person).cookies
            cookies += [{"name": name, "value": morsel.value, "url": site} for name, morsel in jar.items()]
        context.add_cookies(cookies)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on(
            "console",
            lambda said: trouble.append(said.text) if "Content Security Policy" in said.text else None,
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert trouble == []


def pytest_collection_modifyitems(items):
    """The first test asks who we are: everything else means nothing if the walls do not stand."""
    items.sort(key=lambda item: "tests/contracts/test_who_we_are.py" not in item.nodeid)


__all__ = ["PEOPLE"]
