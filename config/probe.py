"""`python -m config.probe web|worker|beat|backup`: exit 0 while that process of this container works.

Only the standard library: a container asks every half minute, and loading the site would cost seconds.
"""

import http.client
import os
import sys
import time
from pathlib import Path

#: Seconds without a sign of life after which a process counts as dead: three of its ticks.
PATIENCE = {"worker": 200, "beat": 600, "backup": 180}


def web() -> str:
    """What is wrong, or nothing. Asked as the proxy would: by the site's own name, over HTTPS."""
    host = os.environ.get("KARPEA_HOSTS", "localhost").split(",")[0]
    port = os.environ.get("KARPEA_BIND", "127.0.0.1:8000").rsplit(":", 1)[-1]
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=5)
    try:
        connection.request("GET", "/health/ready", headers={"Host": host, "X-Forwarded-Proto": "https"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as problem:
        return type(problem).__name__
    finally:
        connection.close()
    return "" if status == 200 else f"it answers {status}"


def sign_of(name: str) -> list[Path]:
    files = Path(os.environ.get("KARPEA_FILES", ".karpea/files"))
    if name == "beat":
        plan = Path(os.environ.get("KARPEA_BEAT", "/tmp/beat"))  # noqa: S108  in the container's own memory
        return list(plan.parent.glob(f"{plan.name}*"))
    return [files / "alive" / {"worker": "worker", "backup": "backup-clock"}[name]]


def by_sign(name: str) -> str:
    ages = [time.time() - path.stat().st_mtime for path in sign_of(name) if path.exists()]
    if not ages:
        return "no sign of life yet"
    return "" if min(ages) < PATIENCE[name] else f"its last sign of life is {min(ages):.0f} s old"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in ("web", *PATIENCE):
        sys.stderr.write(f"Which one: web, {', '.join(PATIENCE)}\n")
        return 2
    wrong = web() if arguments[0] == "web" else by_sign(arguments[0])
    if wrong:
        sys.stderr.write(f"{arguments[0]}: {wrong}\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
