"""One PostgreSQL cluster of this clone: made, started, stopped, deleted.

`make run` and `make test` have a cluster each, so that the suite can run beside the site; only
the suite's works without fsync, because nothing in it is kept.
"""

import os
import re
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import keys
from .folders import CLONE, Person, own_folder, server_person, socket_folder
from .programs import Programs, run_as
from .say import Trouble

PORT = 5432
DATABASE = "karpea"
MARKER = "made-by-karpea"

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "128MB",
    "jit": "off",
    "max_connections": "100",
    "synchronous_commit": "on",
    "fsync": "on",
    # A statement in the log would carry names of people.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}
FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# As safe as production, with the memory that a server of a country's size is given (docs/benchmarks.md).
FOR_BENCH = {
    "shared_buffers": "2GB", "effective_cache_size": "8GB", "maintenance_work_mem": "512MB", "max_wal_size": "8GB",
    "checkpoint_timeout": "15min", "wal_compression": "on",
}  # fmt: skip
#: Those of this folder: the site's, the suite's, and the one that the measurements keep (`make bench`).
NAMES = ("main", "test", "bench")


@dataclass(frozen=True)
class Cluster:
    folder: Path
    sockets: Path
    person: Person | None

    @property
    def data(self) -> Path:
        return self.folder / "postgresql"

    @property
    def log(self) -> Path:
        return self.data / "karpea.log"

    @property
    def for_tests(self) -> bool:
        return self.folder.name == "test"

    @property
    def for_bench(self) -> bool:
        return self.folder.name == "bench"

    @property
    def marked(self) -> bool:
        return (self.folder / MARKER).is_file()

    @property
    def passwords(self) -> dict[str, str]:
        return keys.passwords(self.folder / "passwords.json")


def at(state: Path, name: str, clone: Path = CLONE) -> Cluster:
    folder = state / name
    return Cluster(folder, socket_folder(folder, clone), server_person())


def prepare(cluster: Cluster) -> None:
    """The servers' account passes through the cluster's folder but cannot list it."""
    own_folder(cluster.folder, 0o711 if cluster.person else 0o700)


def give(path: Path, person: Person | None) -> Path:
    """A folder of the servers' account, closed to everybody else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if person is None:
        return own_folder(path)
    path.mkdir(mode=0o700, exist_ok=True)
    if path.is_symlink() or path.lstat().st_uid not in (0, person.uid):
        raise Trouble(f"The folder {path} belongs to somebody else. Remove it, then try again.")
    os.chown(path, person.uid, person.gid, follow_symlinks=False)
    return path


def made(cluster: Cluster) -> bool:
    return (cluster.data / "PG_VERSION").is_file() and cluster.marked


def make(cluster: Cluster, programs: Programs) -> None:
    """The marker is written last: what a broken start left behind is no cluster and is removed."""
    if cluster.data.exists():
        shutil.rmtree(cluster.data)
    prepare(cluster)
    give(cluster.data, cluster.person)
    secret = cluster.folder / "initdb.password"
    keys.write_private(secret, cluster.passwords[keys.ADMIN])
    if cluster.person:
        os.chown(secret, cluster.person.uid, cluster.person.gid)
    command = [
        programs["initdb"], "--pgdata", str(cluster.data), "--encoding=UTF8", "--data-checksums",
        "--username", keys.ADMIN, "--pwfile", str(secret), "--auth=scram-sha-256", "--no-instructions",
    ]  # fmt: skip
    if programs.version >= 17:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        # Locale C would silently lose every Khmer letter from the trigrams. The second try is for
        # systems that do not have C.UTF-8 (macOS).
        for locale in ("C.UTF-8", "en_US.UTF-8"):
            tried = subprocess.run(
                [*command, f"--locale={locale}"], capture_output=True, text=True, check=False,
                **run_as(cluster.person),
            )  # fmt: skip
            if tried.returncode == 0 or "locale" not in tried.stderr:
                break
    finally:
        secret.unlink()
    if tried.returncode:
        shutil.rmtree(cluster.data, ignore_errors=True)
        raise Trouble(reason_of(tried.stderr, "PostgreSQL could not make its data folder"))


def running(cluster: Cluster) -> bool:
    return (cluster.data / "postmaster.pid").exists() and answers(cluster.sockets / f".s.PGSQL.{PORT}")


def process(cluster: Cluster) -> int | None:
    """The server's process, while it lives. Cheap enough to be asked every second; another account's process
    may be looked at, not signalled."""
    try:
        number = int((cluster.data / "postmaster.pid").read_text().split()[0])
        os.kill(number, 0)
    except PermissionError:
        return number
    except (OSError, ValueError, IndexError):
        return None
    return number


def answers(path: Path) -> bool:
    """Files of a server outlive a crash or a power cut; only a connection tells that it lives."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def options(cluster: Cluster) -> str:
    wanted = SETTINGS | (FOR_TESTS if cluster.for_tests else FOR_BENCH if cluster.for_bench else {})
    wanted["unix_socket_directories"] = str(cluster.sockets)
    wanted["port"] = str(PORT)
    return " ".join(shlex.quote(f"--{name}={value}") for name, value in wanted.items())


def start(cluster: Cluster, programs: Programs) -> None:
    same_version(cluster, programs)
    give(cluster.sockets, cluster.person)
    tried = subprocess.run(
        [programs["pg_ctl"], "start", "--wait", "--timeout=60", "--silent",
         "--pgdata", str(cluster.data), "--log", str(cluster.log), "--options", options(cluster)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **run_as(cluster.person),
    )  # fmt: skip
    if tried.returncode:
        raise Trouble(reason_of(tail(cluster.log), f"PostgreSQL did not start (log: {cluster.log})"))


def same_version(cluster: Cluster, programs: Programs) -> None:
    version = (cluster.data / "PG_VERSION").read_text().strip()
    if version != str(programs.version):
        raise Trouble(
            f"The data of this clone was made by PostgreSQL {version}, but only "
            f"{programs.version} was found. Install version {version} again, or delete the "
            "demonstration data with: make reset"
        )


def stop(cluster: Cluster, programs: Programs) -> None:
    if not running(cluster):
        return
    subprocess.run(
        [programs["pg_ctl"], "stop", "--mode=fast", "--wait", "--timeout=60", "--silent",
         "--pgdata", str(cluster.data)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **run_as(cluster.person),
    )  # fmt: skip


def delete(cluster: Cluster) -> None:
    """Only what we made and marked; a folder that somebody put there stays."""
    if not cluster.folder.exists():
        return
    if not cluster.marked and cluster.data.exists():
        raise Trouble(
            f"{cluster.folder} carries no mark of this launcher, so it is not deleted. "
            "Look at what is in it and delete it yourself."
        )
    shutil.rmtree(cluster.folder)
    shutil.rmtree(cluster.sockets, ignore_errors=True)


def tail(log: Path, size: int = 4000) -> str:
    try:
        return log.read_bytes()[-size:].decode(errors="replace")
    except OSError:
        return ""


def reason_of(output: str, sentence: str) -> str:
    """PostgreSQL's own reason, and what to do about the ones that people meet."""
    if "No space left on device" in output:
        return f"{sentence}: the disk is full. Make room (about 1 GB), then try again."
    if re.search(r"could not (create|map) .*shared memory|Cannot allocate memory", output):
        return f"{sentence}: not enough memory. Close other programs, then try again."
    told = [
        match[1].strip()
        for match in re.finditer(r"(?:FATAL|PANIC|error):\s+(.+)", output)
        if "not yet accepting" not in match[1]
    ]
    reason = f": {told[-1]}" if told else ""
    return f"{sentence}{reason}. Mend that, or start anew with: make reset"


def wait_until(ready: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
