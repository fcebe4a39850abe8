"""The port of the site, and the one process that may serve a clone at a time."""

import contextlib
import errno
import fcntl
import json
import os
import signal
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

from .cluster import wait_until
from .say import Trouble

HOST = "127.0.0.1"


def wanted(environment: Mapping[str, str] = os.environ) -> int:
    text = environment.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise Trouble(f"PORT={text} is no port. Give a number from 1024 to 65535: make run PORT=8001")
    return int(text)


def free(port: int) -> None:
    """Raises the sentence for a port that the site could not have."""
    with socket.socket() as probe:
        # As the web server does: a port that was closed a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as problem:
            if problem.errno == errno.EACCES:
                raise Trouble(
                    f"Port {port} is kept for the administrator. Take one from 1024 on: make run PORT=8001"
                ) from None
            other = port + 1 if port < 65535 else 8001
            raise Trouble(
                f"Port {port} is taken by another program. Choose another: make run PORT={other}",
                f"ច្រក {port} កំពុងប្រើដោយកម្មវិធីផ្សេង។ សូមជ្រើសរើសច្រកផ្សេង៖ make run PORT={other}",
            ) from None


def look_first(lock: Path) -> None:
    """Before minutes of installing, what would be in the way at their end."""
    port = wanted()
    if holder(lock):
        raise Trouble(*already(lock))
    free(port)


def address(port: int) -> str:
    return f"http://{HOST}:{port}/"


@contextlib.contextmanager
def sole(lock: Path, port: int) -> Iterator[None]:
    """The system frees the lock when its holder ends, however it ends."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(*already(lock)) from None
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps({"process": os.getpid(), "port": port}).encode())
        yield
    finally:
        os.close(handle)


def already(lock: Path) -> tuple[str, str]:
    there = holder(lock)
    at, khmer_at = (f" at {address(there['port'])}", f"នៅ {address(there['port'])} ") if there else ("", "")
    return (
        f"Karpea already runs from this folder{at}. Open it there, or end it with: make stop",
        f"ការពារកំពុងដំណើរការរួចហើយ{khmer_at}។ សូមបើកនៅទីនោះ ឬបញ្ឈប់ដោយ៖ make stop",
    )


def holder(lock: Path) -> dict[str, int] | None:
    """Who serves this clone now; None when nobody does, whatever the file says."""
    with contextlib.suppress(OSError), lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            with contextlib.suppress(ValueError):
                found: dict[str, int] = json.loads(file.read())
                return found
    return None


def end_holder(lock: Path) -> bool:
    there = holder(lock)
    if there is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(there["process"], signal.SIGTERM)
    if not wait_until(lambda: holder(lock) is None, 30):
        raise Trouble(f"Karpea (process {there['process']}) does not end. Try: kill -9 {there['process']}")
    return True
