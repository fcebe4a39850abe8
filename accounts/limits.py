"""How often something may be tried, counted in the database for all processes and servers together.

Each count is one statement, outside of the request's transaction: what is rolled back was still tried. The clock is
the database's. What is counted is known by a keyed hash alone. allauth's own limits would need a cache shared by all
processes; Django's in the database reads and writes in two steps, inside the request's transaction.
"""

import ipaddress
import math
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from .models import Tally
from .vault import blind

#: A refusal that goes on is put on the trail again after this.
TOLD_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Rate:
    """So many in a span of time, all at once if need be; then one comes back with every `step`."""

    amount: int
    span: timedelta

    @property
    def step(self) -> timedelta:
        return self.span / self.amount


@dataclass(frozen=True)
class Delay:
    """The first few tries are free; then each makes the next one wait twice as long. Forgotten when it is quiet."""

    free: int
    first_wait: timedelta
    longest_wait: timedelta
    forgotten_after: timedelta


@dataclass(frozen=True)
class Count:
    """What came of one try. Whole seconds: `wait` for the next one where it was refused, `resets` until a rate is whole
    again. `is_news` where the trail is to be told of a refusal."""

    is_allowed: bool
    wait: int
    left: int
    resets: int
    is_news: bool


class TooMany(Exception):
    """Refused until `wait` seconds have passed. `code` is the limit's name on the trail."""

    http_status = 429

    def __init__(self, sentence: object, *, wait: int, code: str, is_news: bool) -> None:
        super().__init__(code)
        self.sentence, self.wait, self.code, self.is_news = sentence, wait, code, is_news


def key(*parts: str) -> uuid.UUID:
    return uuid.UUID(bytes=blind("\n".join(parts), column="tally"))


def name_as_counted(name: str) -> str:
    """Every way of typing a name that the sign-in takes for the same (it compares in capitals)."""
    return name.strip().upper().casefold()


def address_as_counted(address: str) -> str:
    """Of IPv6 the network: whoever has one address there has all."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network(f"{found}/64", strict=False).network_address)


#: In both, EXCLUDED.seen_at is the moment of this try. A refusal changes nothing but its own count.
_RATE = """
WITH moment AS (SELECT clock_timestamp() AS at)
INSERT INTO accounts_tally AS t (id, tries, refused, free_at, seen_at, expires_at)
SELECT %(id)s, 1, 0, at + %(step)s, at, at + %(span)s + %(again)s FROM moment
ON CONFLICT (id) DO UPDATE SET (tries, refused, free_at, seen_at, told_at, expires_at) = (
    SELECT t.tries + 1,
           CASE WHEN ok THEN 0 ELSE t.refused + 1 END,
           CASE WHEN ok THEN next ELSE t.free_at END,
           EXCLUDED.seen_at,
           CASE WHEN ok OR t.told_at > EXCLUDED.seen_at - %(again)s THEN t.told_at ELSE EXCLUDED.seen_at END,
           EXCLUDED.expires_at
      FROM (SELECT greatest(t.free_at, EXCLUDED.seen_at) + %(step)s AS next) AS after,
           LATERAL (SELECT next <= EXCLUDED.seen_at + %(span)s AS ok) AS answer)
RETURNING refused = 0, free_at - seen_at, coalesce(told_at = seen_at, false)
"""
_DELAY = """
WITH moment AS (SELECT clock_timestamp() AS at)
INSERT INTO accounts_tally AS t (id, tries, refused, free_at, seen_at, expires_at)
SELECT %(id)s, 1, 0, at, at, at + %(forgotten_after)s FROM moment
ON CONFLICT (id) DO UPDATE SET (tries, refused, free_at, seen_at, told_at, expires_at) = (
    SELECT CASE WHEN ok THEN nth ELSE t.tries END,
           CASE WHEN ok THEN 0 ELSE t.refused + 1 END,
           CASE WHEN NOT ok THEN t.free_at
                WHEN nth < %(free)s THEN EXCLUDED.seen_at
                ELSE EXCLUDED.seen_at
                     + least(%(longest_wait)s, %(first_wait)s * power(2, least(nth - %(free)s, 20))) END,
           EXCLUDED.seen_at,
           CASE WHEN ok OR t.told_at > EXCLUDED.seen_at - %(again)s THEN t.told_at ELSE EXCLUDED.seen_at END,
           CASE WHEN ok THEN EXCLUDED.expires_at ELSE t.expires_at END
      FROM (SELECT t.free_at <= EXCLUDED.seen_at AS ok,
                   CASE WHEN t.expires_at <= EXCLUDED.seen_at THEN 1 ELSE t.tries + 1 END AS nth) AS answer)
RETURNING refused = 0, free_at - seen_at, coalesce(told_at = seen_at, false)
"""


def take(id_: uuid.UUID, limit: Rate | Delay) -> Count:
    """Count one try, or refuse it. Of any number at the same moment no more than the limit get through."""
    given: dict[str, Any] = {"id": id_, "again": TOLD_AGAIN}
    if isinstance(limit, Rate):
        ok, ahead, is_news = _one(_RATE, {**given, "step": limit.step, "span": limit.span})
        left = int((limit.span - ahead) / limit.step) if ok else 0
        wait = timedelta() if ok else ahead + limit.step - limit.span
    else:
        ok, ahead, is_news = _one(_DELAY, {**given, **asdict(limit)})
        left, wait = 0, timedelta() if ok else ahead
    return Count(ok, _seconds(wait), left, _seconds(ahead), is_news and not ok)


def _seconds(time: timedelta) -> int:
    return max(0, math.ceil(time.total_seconds()))


def _one(sql: str, given: Mapping[str, Any]) -> tuple[bool, timedelta, bool]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        found: tuple[bool, timedelta, bool] = cursor.fetchone()
    return found


def give_back(id_: uuid.UUID, limit: Rate) -> None:
    """One try that was none: it succeeded."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_tally SET free_at = free_at - %s WHERE id = %s", [limit.step, id_])


def forget(id_: uuid.UUID) -> None:
    Tally.objects.filter(pk=id_).delete()


def remember(id_: uuid.UUID, kept: timedelta) -> None:
    """Note that something was there once, for `is_remembered`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_tally (id, tries, refused, free_at, seen_at, expires_at) "
            "VALUES (%(id)s, 0, 0, now(), now(), now() + %(kept)s) "
            "ON CONFLICT (id) DO UPDATE SET seen_at = now(), expires_at = EXCLUDED.expires_at",
            {"id": id_, "kept": kept},
        )


def is_remembered(id_: uuid.UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_tally WHERE id = %s AND expires_at > now()", [id_])
        return cursor.fetchone() is not None
