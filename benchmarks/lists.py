"""A page of files within reach, against the same page past every wall; near the top and deep down."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import connections
from django.db.models import Q, Sum

from audit.context import Actor, acting, system
from cases import newest, queries
from cases.access import visible_cases
from cases.models import Case, CaseCount

from .ground import person
from .rounds import Line, medians
from .shapes import SHAPES

Call = Callable[[], Any]
PAST = "the same past the walls"


def _signed_on(who: str) -> tuple[Any, Actor]:
    """Somebody in the middle of a request: their rights are read."""
    user = person(who)
    actor = user.as_actor()
    with acting(actor):
        if not user.rights.posts:
            raise RuntimeError(f"{who} works nowhere")
    return user, actor


def page(who: str, after: str = "", **codes: str) -> Call:
    """A page as its list asks for it: total, 50 rows with their joined labels; `codes` filter it."""
    user, actor = _signed_on(who)

    def ask() -> Any:
        with acting(actor):
            return queries.page_for(user, codes, after=after)

    return ask


def past_walls(alias: str, after: str = "") -> Call:
    """As many rows with the same labels, and their total as cheaply, of everything there is."""
    files = Case.objects.using(alias).select_related("province", "agency", "victim").defer("summary_sealed")
    key = queries.from_key(after)
    if key:
        files = files.filter(
            Q(created_at__lt=key[0]) | Q(created_at=key[0], pk__lt=key[1]), created_at__lte=key[0]
        )

    def ask() -> Any:
        with acting(system("demo")):
            CaseCount.objects.using(alias).aggregate(total=Sum("number"))
            return list(files.newest_first()[: queries.PAGE + 1])

    return ask


def signing_on(who: str) -> Call:
    user = person(who)
    actor = user.as_actor()

    def ask() -> Any:
        with acting(replace(actor, memo={})):
            return user.rights

    return ask


def within_reach(alias: str) -> list[Line]:
    """Every shape of people against the page past the walls, in the same rounds."""
    found = medians({PAST: past_walls(alias), **{who: page(who) for who, _words in SHAPES}})
    return [Line(f"first page of {words}", found[who], PAST, found[PAST]) for who, words in SHAPES]


def filtered() -> list[Line]:
    """A list with a filter, counted to 10,000, and the queue of decisions, against the first page of everything."""
    lines = []
    for who, words in SHAPES:
        calls = {
            "all": page(who),
            "state": page(who, status="IDENTIFICATION_PENDING"),
            "risk": page(who, risk="HIGH"),
        }
        found = medians({**calls, "decisions": deciding(who)}, rounds=9)
        told = {
            "state": "files in one state",
            "risk": "files of high risk",
            "decisions": "decisions that wait",
        }
        lines += [
            Line(f"{what}: {words}", found[key], "the first page of all", found["all"])
            for key, what in told.items()
        ]
    return lines


def deciding(who: str) -> Call:
    user, actor = _signed_on(who)

    def ask() -> Any:
        with acting(actor):
            return queries.waiting_for_decision(user)

    return ask


def rights() -> list[Line]:
    """What comes before each page: who acts, with which rights, in Python and in the database."""

    def nobody() -> None:
        with acting(system("demo")):
            pass

    found = medians({"base": nobody, **{who: signing_on(who) for who, _words in SHAPES}})
    worst = max((who for who, _words in SHAPES), key=lambda who: found[who])
    words = dict(SHAPES)[worst]
    return [
        Line(
            f"rights at the beginning of a request: {words}",
            found[worst],
            "an empty transaction",
            found["base"],
        )
    ]


def deep(alias: str) -> list[Line]:
    """The first page against pages half and nine tenths down."""
    lines = []
    for who, words in (("reviewer.mosvy", "all provinces"), ("officer.pnh", "one province")):
        user, actor = _signed_on(who)
        with acting(actor):
            open_provinces = sorted(user.rights.open_provinces)
        for share in (0.5, 0.9):
            row, after = _key_at(alias, open_provinces, share)
            found = medians({"first": page(who), "deep": page(who, after)})
            lines.append(
                Line(f"page at row {row:,} of {words}", found["deep"], "the first page", found["first"])
            )
    return lines


def _key_at(alias: str, provinces: list[int], share: float) -> tuple[int, str]:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM cases_case WHERE NOT named_only AND province_id = ANY(%s)", [provinces]
        )
        row = int(cursor.fetchone()[0] * share)
        cursor.execute(
            "SELECT created_at, id FROM cases_case WHERE NOT named_only AND province_id = ANY(%s) "
            "ORDER BY created_at DESC, id DESC OFFSET %s LIMIT 1",
            [provinces, row],
        )
        return row, queries.key_at(*cursor.fetchone())


def totals(alias: str) -> list[Line]:
    """The number above a list, exact, against counting every file there is."""
    count = Case.objects.using(alias).order_by()

    def everything() -> None:
        with acting(system("demo")):
            count.count()

    def of(who: str) -> Call:
        _user, actor = _signed_on(who)

        def ask() -> None:
            with acting(actor):
                newest.total()

        return ask

    found = medians({"all": everything, **{who: of(who) for who, _words in SHAPES}}, rounds=9)
    return [
        Line(
            f"total above the list of {words}",
            found[who],
            "COUNT(*) of all files",
            found["all"],
        )
        for who, words in SHAPES
    ]


def by_key(alias: str) -> list[Line]:
    """One file by its primary key under row-level security, against the same past the walls, for everybody."""
    lines = []
    for who, words in SHAPES:
        user, actor = _signed_on(who)
        with acting(actor):
            keys = newest.newest(user, 1)
            if not keys:
                continue
            (pk,) = keys
            found = medians(
                {
                    "ours": lambda pk=pk: Case.objects.get(pk=pk),
                    "base": lambda pk=pk: Case.objects.using(alias).get(pk=pk),
                }
            )
        lines.append(Line(f"one file by its key: {words}", found["ours"], PAST, found["base"]))
    return lines


def second_wall(alias: str) -> list[Line]:
    """The 50 rows of a page asked for with the first wall's rule, with and without the second wall beneath it."""
    lines = []
    for who, words in SHAPES:
        user, actor = _signed_on(who)
        with acting(actor):
            keys = newest.newest(user, queries.PAGE)
            asked = visible_cases(user).filter(pk__in=keys).select_related("province", "agency", "victim")
            found = medians(
                {"both": lambda a=asked: list(a.all()), "one": lambda a=asked: list(a.using(alias))}
            )
        lines.append(
            Line(f"50 rows with both walls: {words}", found["both"], "with the first alone", found["one"])
        )
    return lines
