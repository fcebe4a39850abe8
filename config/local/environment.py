"""What the settings read, and how to tell the reader's own database from the one made here."""

import os
from collections.abc import Mapping
from urllib.parse import quote

from . import cluster as clusters
from . import folders, frontend, keys, valkey
from .cluster import Cluster
from .say import Trouble

ROLES = {
    "DATABASE_URL_WEB": "karpea_web",
    "DATABASE_URL_WORKER": "karpea_worker",
    "DATABASE_URL_MIGRATOR": "karpea_migrator",
    "DATABASE_URL_LOADER": "karpea_loader",
}
# Only here, where there is nothing to lose: backups can be made, and tried, in a shell of the reader's own.
KEEPING = {"DATABASE_URL_BACKUP": "karpea_backup", "DATABASE_URL_ADMIN": keys.ADMIN}
# Set beside the addresses that this launcher made up, so that it knows them again in a shell
# that has loaded them, and does not take them for somebody's own database.
MADE_HERE = "KARPEA_LOCAL"


def given(environment: Mapping[str, str] = os.environ) -> bool:
    """True when the addresses of a database of the reader's own are set."""
    if environment.get(MADE_HERE):
        return False
    found = [name for name in ROLES if environment.get(name)]
    missing = [name for name in ROLES if name not in found]
    if found and missing:
        raise Trouble(
            f"{', '.join(found)} is set but {', '.join(missing)} is not. "
            "Set all of them to use your own PostgreSQL, or none to use the one of this folder."
        )
    return bool(found)


def own_valkey() -> bool:
    return bool(os.environ.get("REDIS_URL")) and not os.environ.get(MADE_HERE)


def of(cluster: Cluster) -> dict[str, str]:
    """What the settings read. What the reader has set for a database of their own stays."""
    folder = cluster.folder
    made = {
        MADE_HERE: str(folder),
        "KARPEA_SECRETS": str(folder / "secrets.json"),
        "KARPEA_STATIC": str(frontend.COLLECTED),
        "KARPEA_FILES": str(folders.own_folder(folder / "files")),
        # Demonstration people and their passwords exist only where this launcher made the data.
        "KARPEA_DEMO": "0" if cluster.for_tests or cluster.for_bench or given() else "1",
    }
    if not own_valkey():
        made["REDIS_URL"] = f"unix://{quote(str(valkey.socket(cluster)), safe='/')}"
    if given():
        del made[MADE_HERE]
        for name in ("KARPEA_SECRETS", "KARPEA_FILES"):
            made[name] = os.environ.get(name, made[name])
    else:
        made |= addresses(cluster)
    return made


def addresses(cluster: Cluster) -> dict[str, str]:
    secrets = cluster.passwords
    host = quote(str(cluster.sockets), safe="/")
    return {
        name: f"postgresql://{role}:{secrets[role]}@/{clusters.DATABASE}?host={host}&port={clusters.PORT}"
        for name, role in {**ROLES, **KEEPING}.items()
    }
