"""The frame: where the language button leads back to, what is never kept, the page that names nothing."""

import re

import pytest
from django.conf import settings as site
from django.template.loader import get_template
from django.urls import reverse

from config import pages
from desk import drafts, typed
from desk.models import Draft


@pytest.mark.asvs("3.7.2")
@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("/files/?status=OPEN", "/files/?status=OPEN"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("files/", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_is_always_ours(rf, given, used):
    assert pages.local_path(rf.post("/language/", {"_path": given})) == used


def test_passwords_and_keys_are_never_kept(people, client_of, as_):
    given = {"text": ["a", "b"], "password": "x", "once": "k", "language": "en", "empty": "", "version": "3"}
    marked = given | {"_path": "/files/?page=2", "typed_by": typed.mark(people.officer_bmc)}
    client_of(people.officer_bmc).post("/language/", marked)
    with as_(people.officer_bmc):
        draft = Draft.objects.get()
        assert draft.path == "/files/"
        assert drafts.read(draft) == {"text": ["a", "b"], "empty": [""], "kept": []}


@pytest.mark.parametrize("address", ["/quiet/", "/health/live"])
def test_without_a_database_these_pages_answer(client, address):
    """No database is open to this test: whoever asks it fails."""
    client.cookies["sessionid"] = "of somebody"
    assert client.get(address).status_code == 200


def test_what_asks_the_database_would_be_noticed(client):
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        client.get("/help/")


@pytest.mark.parametrize(("cookie", "lang"), [("", "km"), ("en", "en"), ("fr", "km")])
def test_khmer_unless_the_reader_chose(rf, cookie, lang):
    request = rf.get("/", headers={"accept-language": "en-GB"})
    request.COOKIES[site.LANGUAGE_COOKIE_NAME] = cookie
    seen = []
    pages.LanguageMiddleware(lambda r: seen.append(r.LANGUAGE_CODE) or pages.HttpResponse())(request)
    assert seen == [lang]


def test_the_quiet_page_names_nothing_of_ours(rf, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    response = pages.quiet(rf.get("/quiet/"))
    html = response.content.decode()
    assert "public" in response["Cache-Control"]
    assert not re.search(r"karpea|ការពារ|ជនរងគ្រោះ|jwt|session", html, re.IGNORECASE)
    assert "<script" not in html


def test_every_page_of_the_navigation_exists():
    assert [reverse(name) for name, _label, _capability in pages.NAV]


def test_the_frame_holds_no_inline_script_or_style():
    for folder in (site.BASE_DIR / "templates").rglob("*.html"):
        source = folder.read_text()
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", source), folder
        assert "|safe" not in source, folder
    assert get_template("base.html")


def test_somebody_whose_account_was_closed_gets_a_page_and_no_session(people, client):
    from django.urls import reverse

    credentials = {"login": "disabled", "password": "a long sentence for tests"}
    answer = client.post(reverse("account_login"), credentials, follow=True)
    assert answer.status_code == 200
    assert not answer.wsgi_request.user.is_authenticated
    assert client.get("/").status_code == 302
