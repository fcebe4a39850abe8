"""Figures for the operator of a server, in the text that Prometheus reads. Off unless somebody opens them.

Nothing in them is about a person or a file: names of pages, how often, how long, how much waits, how old the last
sign of life is. The processes of the site add up in PROMETHEUS_MULTIPROC_DIR; without it each has its own, and a
reader sees whichever process answered. What is counted begins at zero when the site starts.
"""

import functools
import hmac
import os
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from audit.context import acting, system

from . import alive

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
#: Signs of life (config/alive.py) by the name of the figure.
SIGNS = {
    "karpea_worker_sign_age_seconds": (
        "worker",
        "Since the worker last did what the clock asked through the broker.",
    ),
    "karpea_backup_age_seconds": ("backup", "Since the last backup was made whole."),
}
#: Filled by the names in settings.WAITING: how many rows of each kind wait for a worker.
WAITING = (
    "karpea_waiting_rows",
    "Rows that wait for a worker, by kind. -1 where the database did not answer.",
)


@functools.cache
def _counted() -> Any:
    """Loaded only where somebody asked for figures. (requests, seconds)"""
    from prometheus_client import Counter, Histogram

    return (
        Counter(
            "karpea_requests", "Answered requests since the site started.", ["method", "route", "status"]
        ),
        Histogram("karpea_request_seconds", "How long answers took.", ["route"], buckets=BUCKETS),
    )


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    if not settings.METRICS:
        return
    requests, took = _counted()
    requests.labels(method, route, str(status)).inc()
    took.labels(route).observe(seconds)


@require_safe
@transaction.non_atomic_requests
def page(request: HttpRequest) -> HttpResponse:
    """404 where they are off, and for whoever does not show the token: nobody learns that there is something."""
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS or not hmac.compare_digest(shown.encode(), settings.METRICS_TOKEN.encode()):
        raise Http404
    return HttpResponse("".join(_text()), content_type="text/plain; version=0.0.4; charset=utf-8")


def _text() -> Iterator[str]:
    from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, multiprocess

    _counted()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    else:
        registry = REGISTRY
    yield generate_latest(registry).decode()
    yield from _figure(*WAITING, [(f'{{kind="{kind}"}}', number) for kind, number in _waiting().items()])
    for name, (sign, meaning) in SIGNS.items():
        age = alive.age(sign)
        # No sample where there never was a sign: an alert on its absence says so, a figure would lie.
        yield from _figure(name, meaning, [] if age is None else [("", round(age))])


def _figure(name: str, meaning: str, samples: list[tuple[str, float]]) -> Iterator[str]:
    yield f"# HELP {name} {meaning}\n# TYPE {name} gauge\n"
    yield from (f"{name}{labels} {number}\n" for labels, number in samples)


def _waiting() -> dict[str, int]:
    found = {}
    for kind, (actor, question) in settings.WAITING.items():
        try:
            with acting(system(actor)):
                found[kind] = int(import_string(question)())
        except DatabaseError:
            found[kind] = -1
    return found
