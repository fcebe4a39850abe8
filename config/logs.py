"""Logs: one JSON object a line, without personal data: no bodies, no addresses of pages, no values of records."""

import logging
import logging.config
import re
import sys
from typing import Any

import structlog

#: Of those whose own words may carry what somebody typed: what is said instead.
SAID_INSTEAD = (
    ("django.request", re.compile(""), "request failed"),
    ("celery.app.trace", re.compile("raised|Raised|failed|Failed|rejected"), "task failed"),
    # gunicorn's carry the address that was asked for, or the first line of what was sent.
    ("gunicorn", re.compile("^Error handling request|^Socket error"), "request failed"),
    ("gunicorn", re.compile("^Invalid request"), "invalid request"),
)


def configure(_settings: Any) -> None:
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            _say_instead,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _only_where_it_failed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("django", "django.request", "django.server", "celery"):
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).propagate = True
    # Refusals are on the trail; here only what failed, without its path (see below).
    logging.getLogger("django.request").setLevel(logging.ERROR)
    logging.getLogger("django.security").setLevel(logging.ERROR)
    # A line for each request is ours (config/middleware.py), and development's would carry the address.
    logging.getLogger("django.server").setLevel(logging.ERROR)
    logging.captureWarnings(capture=True)
    # Each tick of the clock is two lines that say nothing.
    logging.getLogger("celery").setLevel(logging.WARNING)


def _warned(event: dict[str, Any]) -> None:
    """A warning of Python as its kind and place: its words may carry a value, and its second line is source."""
    told = re.match(r"(?P<file>[^\n]*?):(?P<line>\d+): (?P<kind>\w+):", str(event["event"]))
    event["event"] = "warning"
    if told:
        event["error"], event["where"] = told["kind"], [f"{told['file'].rsplit('/', 1)[-1]}:{told['line']}"]


def _say_instead(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    name = str(event.get("logger", ""))
    if name == "py.warnings":
        _warned(event)
    for logger, words, said in SAID_INSTEAD:
        if name.startswith(logger) and words.search(str(event.get("event", ""))):
            event["event"] = said
            # Celery says beside its words which task it was.
            data = getattr(event.get("_record"), "data", None)
            if isinstance(data, dict) and data.get("name"):
                event.setdefault("task", data["name"])
                event.setdefault("request_id", str(data.get("id", "")))
            break
    return event


def _only_where_it_failed(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """A traceback as file, line and function: no message and no local values, which may be a person's data."""
    info = event.pop("exc_info", None)
    event.pop("exc_text", None)
    if info:
        kind, _error, trace = info if isinstance(info, tuple) else sys.exc_info()
        event["error"] = getattr(kind, "__name__", "")
        where = []
        while trace is not None:
            code = trace.tb_frame.f_code
            where.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        event["where"] = where[-8:]
    return event
