"""`make bench`: two databases with invented files, a small one and a large one, and every ratio between them.

    make bench ARGS="--small 10000 --large 1000000"

Prints the table of docs/benchmarks.md. Both databases stand in the suite's cluster and are dropped afterwards.
"""

import argparse
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from tests import ground as suite  # noqa: E402

from . import exports, lists, saves, stock  # noqa: E402
from .ground import at, many_files, past_the_walls, say  # noqa: E402
from .rounds import Line, medians, table  # noqa: E402


def of_one(name: str) -> list[Line]:
    """Everything that one database can tell."""
    with at(name), past_the_walls(name) as alias:
        saves.make_tables(name)
        given = stock.give_rights(name)
        return [
            *lists.within_reach(alias),
            *lists.deep(alias),
            *lists.by_key(alias),
            *saves.saves(),
            *stock.lists(given),
        ]


def grown(small: str, large: str, sizes: tuple[int, int]) -> list[Line]:
    """The same page of the same people in both, one database after the other in every round of rounds."""
    found: dict[str, list[float]] = {}
    for _turn in range(3):
        for name in (small, large):
            with at(name):
                one = medians({who: lists.page(who, "default") for who, _words in lists.SHAPES}, rounds=15)
            for who, took in one.items():
                found.setdefault(f"{name} {who}", []).append(took)
    return [
        Line(
            f"first page of {words}, {sizes[1]:,} files",
            sorted(found[f"{large} {who}"])[1],
            f"with {sizes[0]:,}",
            sorted(found[f"{small} {who}"])[1],
        )
        for who, words in lists.SHAPES
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--small", type=int, default=2_000)
    parser.add_argument("--large", type=int, default=20_000)
    parser.add_argument("--exported", type=int, default=20_000)
    options = parser.parse_args()
    clones = suite.Clones()
    try:
        with many_files(clones, options.small) as small, many_files(clones, options.large) as large:
            lines = of_one(large) + grown(small, large, (options.small, options.large))
    finally:
        clones.close()
    say(table(lines))
    exports.measure(events=options.exported, files=options.exported // 5)


if __name__ == "__main__":
    main()
