"""`make bench`: two databases with invented files, a small one and a large one, and every ratio between them.

    make bench ARGS="--small 10000 --large 1000000"

Prints the table of docs/benchmarks.md. Both databases stand in a cluster of their own and are dropped afterwards;
with `--keep` they stay, and a larger `--large` adds to what is there.
"""

import argparse
import os
from contextlib import AbstractContextManager

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from tests import ground as suite  # noqa: E402

from . import exports, lists, saves, stock  # noqa: E402
from .ground import at, kept_files, many_files, past_the_walls, say  # noqa: E402
from .rounds import Line, medians, table  # noqa: E402
from .shapes import SHAPES  # noqa: E402


def of_one(name: str) -> list[Line]:
    """Everything that one database can tell."""
    with at(name), past_the_walls(name) as alias:
        saves.make_tables(name)
        given = stock.give_rights(name)
        return [
            *lists.within_reach(alias),
            *lists.filtered(),
            *lists.rights(),
            *lists.deep(alias),
            *lists.totals(alias),
            *lists.by_key(alias),
            *lists.second_wall(alias),
            *saves.saves(),
            *stock.lists(given),
        ]


def grown(small: str, large: str, sizes: tuple[int, int]) -> list[Line]:
    """The same page of the same people in both, one database after the other in every round of rounds."""
    found: dict[str, list[float]] = {}
    for _turn in range(3):
        for name in (small, large):
            with at(name):
                one = medians({who: lists.page(who) for who, _words in SHAPES}, rounds=15)
            for who, took in one.items():
                found.setdefault(f"{name} {who}", []).append(took)
    return [
        Line(
            f"first page of {words}, {sizes[1]:,} files",
            sorted(found[f"{large} {who}"])[1],
            f"with {sizes[0]:,}",
            sorted(found[f"{small} {who}"])[1],
        )
        for who, words in SHAPES
    ]


def files_of(
    clones: suite.Clones, size: str, cases: int, options: argparse.Namespace
) -> AbstractContextManager[str]:
    if options.keep:
        return kept_files(clones, size, cases, options.people)
    return many_files(clones, cases, options.people)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--small", type=int, default=2_000)
    parser.add_argument("--large", type=int, default=20_000)
    parser.add_argument("--exported", type=int, default=20_000)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument(
        "--keep", action="store_true", help="databases that stay, and are filled up by the next run"
    )
    parser.add_argument("--only-load", action="store_true", help="fill them, and measure nothing")
    options = parser.parse_args()
    clones = suite.Clones()
    try:
        with (
            files_of(clones, "small", options.small, options) as small,
            files_of(clones, "large", options.large, options) as large,
        ):
            if options.only_load:
                return
            lines = of_one(large) + grown(small, large, (options.small, options.large))
    finally:
        clones.close()
    say(table(lines))
    exports.measure(events=options.exported, files=options.exported // 5)


if __name__ == "__main__":
    main()
