"""A page of files within reach, against the same page past every wall; near the top and deep down."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import connections

from audit.context import acting, system
from cases import queries
from cases.access import visible_cases
from cases.models import Case

from .ground import person
from .rounds import Line, medians

#: (who, what they are an example of)
SHAPES = (
    ("officer.pnh", "an officer: one province"),
    ("head.bmc", "a head: two provinces"),
    ("reviewer.mosvy", "a reviewer: all provinces"),
    ("worker.lotus", "an organisation: its own files and grants"),
    ("desk.moi", "the national desk: named-only files"),
)


def page(who: str, alias: str, after: str = "") -> Callable[[], Any]:
    """The first 50 files this person sees, with their joined labels, or as many past the walls."""
    if alias != "default":
        actor, files = system("demo"), Case.objects.using(alias)
        user = None
    else:
        user = person(who)
        actor, files = user.as_actor(), None

    def ask() -> Any:
        with acting(replace(actor, memo={})):
            return queries.page_of(visible_cases(user) if user else files, after=after)

    return ask


def within_reach(alias: str) -> list[Line]:
    """Five shapes of people against the page past the walls. Signing on (rights, principals) is in each time."""
    base = "the page past the walls"
    found = medians(
        {base: page("officer.pnh", alias), **{who: page(who, "default") for who, _words in SHAPES}}
    )
    return [Line(f"first page of {words}", found[who], base, found[base]) for who, words in SHAPES]


def deep(alias: str) -> list[Line]:
    """First page against the page nine tenths down, for somebody who sees all provinces."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case WHERE NOT named_only")
        row = int(cursor.fetchone()[0] * 0.9)
        cursor.execute(
            "SELECT created_at, id FROM cases_case WHERE NOT named_only "
            "ORDER BY created_at DESC, id DESC OFFSET %s LIMIT 1",
            [row],
        )
        at, pk = cursor.fetchone()
    after = f"{at.isoformat()}_{pk}"
    found = medians(
        {"first": page("reviewer.mosvy", "default"), "deep": page("reviewer.mosvy", "default", after)}
    )
    return [Line(f"page at row {row:,} of all provinces", found["deep"], "the first page", found["first"])]


def by_key(alias: str) -> list[Line]:
    """One file by its primary key under row-level security, against the same past the walls."""
    user = person("reviewer.mosvy")
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT id FROM cases_case WHERE NOT named_only ORDER BY id OFFSET 100 LIMIT 1")
        pk = cursor.fetchone()[0]
    with acting(user.as_actor()):
        found = medians(
            {
                "ours": lambda: Case.objects.get(pk=pk),
                "base": lambda: Case.objects.using(alias).get(pk=pk),
            }
        )
    return [
        Line("one file by its key, as a reviewer", found["ours"], "the same past the walls", found["base"])
    ]
