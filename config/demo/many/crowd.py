"""Many files at once, by as many processes as there are cores: each has its own provinces and their counters."""

import multiprocessing
import time
from collections.abc import Callable
from queue import Empty
from typing import Any

from django.db import connection, transaction

from accounts.models import Agency, User

from ..load import last_evening
from ..people import Cast
from ..stories import PROVINCES
from .process import Share, work

Say = Callable[[str], None]


def shares(cases: int, *, seed: int, processes: int, first: int = 0) -> list[Share]:
    """The provinces dealt out so that each process has about as many files."""
    hands: list[tuple[int, set[str]]] = [(0, set()) for _one in range(processes)]
    for letters, weight in sorted(PROVINCES.items(), key=lambda one: -one[1]):
        held, hand = min(hands, key=lambda one: one[0])
        hands[hands.index((held, hand))] = (held + weight, hand | {letters})
    until = last_evening()
    return [Share(n, first, cases, seed, until, frozenset(hand)) for n, (_held, hand) in enumerate(hands)]


def load(cases: int, *, seed: int, processes: int, say: Say, first: int = 0) -> int:
    """Load `cases` files beside the `first` that are there. The number of rows, history and trail among them."""
    before, began = _rows(), time.monotonic()
    connection.close()  # a process of its own has a connection of its own
    method = multiprocessing.get_context("spawn")
    told: Any = method.Queue()
    workers = [
        method.Process(target=work, args=(share, told))
        for share in shares(cases, seed=seed, processes=processes, first=first)
    ]
    for worker in workers:
        worker.start()
    done = dict.fromkeys(range(processes), 0)
    shown = 0.0
    while any(worker.is_alive() for worker in workers):
        try:
            number, files = told.get(timeout=1)
            done[number] = files
        except Empty:
            continue
        if time.monotonic() - shown > 5:
            shown = time.monotonic()
            say(bar(sum(done.values()), cases, shown - began))
    if any(worker.exitcode for worker in workers):
        raise RuntimeError(
            "One of the processes stopped. What it had written is there: begin again with `make reset`."
        )
    say(bar(cases, cases, time.monotonic() - began))
    return _rows() - before


def bar(done: int, of: int, seconds: float) -> str:
    """[#####-----]  50 %  500,000 of 1,000,000 files, about 12 minutes left."""
    part = done / of if of else 1
    left = f", about {seconds * (1 - part) / part / 60:.0f} minutes left" if 0 < part < 1 else ""
    filled = round(part * 30)
    return f"[{'#' * filled}{'-' * (30 - filled)}] {part:4.0%}  {done:,} of {of:,} files{left}"


def cast_of() -> Cast:
    """The people of the demonstration, as they are in the database."""
    cast = Cast({agency.code: agency for agency in Agency.objects.order_by("pk")})
    for person in User.objects.order_by("created_at", "pk"):
        cast.people[person.sign_in_name] = person
        cast.actors[person.sign_in_name] = person.as_actor(ip="10.20.0.1")
    return cast


def _rows() -> int:
    """Rows of all tables, as the server counts what it has written."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT sum(n_tup_ins - n_tup_del)::bigint FROM pg_stat_user_tables")
        return int(cursor.fetchone()[0])
