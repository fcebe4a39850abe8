"""Logs: one JSON object a line, without personal data: no bodies, no query strings, no values of records."""

import logging
import logging.config
import sys
from typing import Any

import structlog


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


def _only_where_it_failed(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """A traceback as file, line and function: no message and no local values, which may be a person's data."""
    if event.get("logger") == "django.request":
        event["event"] = "request failed"  # its own words carry the path, which may hold what somebody typed
    info = event.pop("exc_info", None)
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
