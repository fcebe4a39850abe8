"""Where things of one clone lie, and as whom its servers run."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .say import Trouble

CLONE = Path(__file__).resolve().parents[2]

# The kernel keeps 108 bytes for a socket's path, the ending zero included.
LONGEST_SOCKET = 107
SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True)
class Person:
    """An account of the machine that server processes run as."""

    uid: int
    gid: int


def server_person() -> Person | None:
    """PostgreSQL refuses to run as root; another existing account is used then, never a new one."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return Person(found.pw_uid, found.pw_gid)
    raise Trouble(
        "PostgreSQL may not run as root and this machine has no account 'postgres' or 'nobody'. "
        "Run make as an ordinary user."
    )


def fingerprint(clone: Path) -> str:
    return hashlib.sha256(os.fsencode(clone)).hexdigest()[:12]


def own_folder(path: Path, mode: int = 0o700) -> Path:
    """Makes a folder and insists that it is ours: in a shared folder somebody else may have been
    first, or have put a link there."""
    path.mkdir(mode=mode, parents=True, exist_ok=True)
    found = path.lstat()
    if path.is_symlink() or found.st_uid != os.geteuid():
        raise Trouble(f"The folder {path} belongs to somebody else. Remove it, then try again.")
    if found.st_mode & 0o777 != mode:
        path.chmod(mode)
    return path


def state_home() -> Path:
    given = Path(os.environ.get("XDG_STATE_HOME", ""))
    return given if given.is_absolute() else Path.home() / ".local" / "state"


def state_folder(clone: Path = CLONE) -> Path:
    """Data, keys and logs of this clone. As root it lies outside the clone, because the servers'
    account may be unable to enter the folder that the clone is in."""
    if os.geteuid() == 0:
        own_folder(Path("/var/lib/karpea"), 0o755)
        return own_folder(Path("/var/lib/karpea") / fingerprint(clone), 0o711)
    return own_folder(clone / ".karpea")


def fits(folder: Path) -> bool:
    """True when the longest socket name we use fits behind this folder, and its characters can
    stand in a URL's query and in PostgreSQL's own list of folders (which splits at commas)."""
    path = os.fsencode(folder / SOCKET_NAME)
    # PostgreSQL also makes a lock file beside it, but that is a file and may be long.
    return len(path) <= LONGEST_SOCKET and b"," not in path and b'"' not in path


def socket_folder(cluster: Path, clone: Path = CLONE) -> Path:
    """The first of these that is short enough; the last one always is."""
    name = f"karpea-{fingerprint(clone)}-{cluster.name}"
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    places = [cluster / "s"]
    if runtime.is_absolute() and os.access(runtime, os.W_OK):
        places.append(runtime / name)
    places += [
        state_home() / "karpea" / name,
        Path(tempfile.gettempdir()) / f"{name}-{os.geteuid()}",
        Path("/tmp") / f"{name}-{os.geteuid()}",  # noqa: S108 - own_folder() checks the owner
    ]
    return next(place for place in places if fits(place))


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Waits until nobody else holds the lock file, then holds it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def held_alone(handle: int) -> bool:
    """Turns a shared lock into one of our own, unless others share it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
