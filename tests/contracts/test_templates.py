"""Pages hold to the strict content policy, and every form can be sent once only, by its own page only."""

import re

import pytest

from .source import ROOT, modules, none, templates

POST = re.compile(r"(<form\b[^>]*method=\"?post\"?[^>]*>)(.*?)</form>", re.DOTALL | re.IGNORECASE)
#: Sent more than once without harm, so without an idempotency key; each with the reason.
WITHOUT_ONCE = {
    "base.html": "language and quick exit: nothing is made",
    "parts/bar_buttons.html": "language and quick exit: nothing is made",
    "account/login.html": "signing in twice is signing in",
    "account/second.html": "nobody is signed in yet; a code works once by itself",
    "account/logout.html": "signing out twice is signing out",
    "parts/idle.html": "staying twice is staying",
}
#: Addresses that only show something: asked by POST so that nothing of it stands in an address or a log.
READS = ("cases:identity", "cases:find")


def named(path):
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", templates(), ids=named)
def test_a_template_keeps_the_rules(path):
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
    name, found = named(path), []
    if re.search(r"<[a-z][^>]*\sstyle=", text):
        found.append(f"templates/{name} has a style attribute: the content policy blocks it, write a class.")
    if re.search(r"<style\b", text):
        found.append(f"templates/{name} has inline styles: write them in static/src/scss.")
    if any("src=" not in tag for tag in re.findall(r"<script\b[^>]*>", text)):
        found.append(f"templates/{name} has an inline script: the content policy blocks it, write a file.")
    if re.search(r"<[a-z][^>]*\son[a-z]+=", text):
        found.append(f"templates/{name} has an on…= handler: the content policy blocks it, write a file.")
    if re.search(r"\|\s*safe\b", text):
        found.append(f"templates/{name} trusts markup with |safe: text of people is always escaped.")
    if re.search(r"(href|src)=\"https?://", text):
        found.append(f"templates/{name} loads or links elsewhere: everything comes from this server.")
    none(found)


@pytest.mark.parametrize("path", templates(), ids=named)
def test_a_form_carries_its_keys(path):
    """Even one that is drawn by an include carries csrf and once in the same file as its <form>."""
    name, found = named(path), []
    for tag, body in POST.findall(path.read_text()):
        if "{% csrf_token %}" not in body:
            found.append(f"templates/{name}: a POST form without {{% csrf_token %}}.")
        if "{% once %}" not in body and name not in WITHOUT_ONCE and not any(read in tag for read in READS):
            found.append(f"templates/{name}: a POST form without {{% once %}} ({{% load forms_extra %}}).")
    none(found)


def test_reviewed_forms_are_still_there():
    assert set(WITHOUT_ONCE) <= {named(path) for path in templates()}


@pytest.mark.parametrize("path", templates(), ids=named)
def test_a_template_compiles(path):
    from django.template.loader import get_template

    get_template(named(path))


#: Drawn without the frame: they answer when it cannot be drawn, or must not show.
ALONE = {"quiet.html"}


def test_every_page_stands_in_the_frame():
    """A template that a view names extends base.html; what it may leave out are rows for htmx (`_name.html`)."""
    drawn = {
        word
        for module in modules()
        for word in re.findall(r"\"([a-z_0-9/]+\.html)\"", module.text)
        if (ROOT / "templates" / word).exists()
    }
    none(
        [
            f'templates/{name} extends nothing: begin with {{% extends "base.html" %}}, or call it _{name}.'
            for name in sorted(drawn - ALONE)
            if not re.search(r"(^|/)(_|parts/|forms/|errors/|django/)", name)
            and "{% extends" not in (ROOT / "templates" / name).read_text()
        ]
    )
