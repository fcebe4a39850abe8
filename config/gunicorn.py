"""How gunicorn serves the site in production: `gunicorn --config config/gunicorn.py`."""

import os
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

wsgi_app = "config.wsgi:application"
bind = os.environ.get("KARPEA_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("KARPEA_PROCESSES", "2"))
worker_class = "gthread"
threads = 4
preload_app = True
timeout = 60
graceful_timeout = 30
# A process that has answered this many is replaced, so that none grows for ever; not all at once.
max_requests = 5000
max_requests_jitter = 500
# Where a process shows that it lives: in memory, because on a slow disk it would seem dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
limit_request_line = 4094
# Who asks is told by our own middleware (KARPEA_PROXY), not by a header that gunicorn believes.
forwarded_allow_ips = ""
accesslog = None
control_socket_disable = True


class logger_class(Logger):  # noqa: N801  gunicorn's name of the setting
    """Into the same lines of JSON as everything else; no line of gunicorn's own for a request (it has the address)."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        from config.logs import configure

        configure(None)
        self.error_log.handlers[:] = []
        self.error_log.propagate = True


def on_starting(server: Any) -> None:
    """Figures begin at zero: those of processes from before would be added up for ever."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder:
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in Path(folder).glob("*.db"):
            old.unlink()


def child_exit(server: Any, worker: Any) -> None:
    """A process that has gone no longer counts among those that work; what it counted stays."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
