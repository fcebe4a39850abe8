"""Every variable of the environment that something here reads, and what it is for.

`manage.py docs` prints the tables as docs/settings.md; tests/docs holds the list equal to what the source reads.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """`default` is empty where the start stops with a sentence when the variable is missing."""

    name: str
    meaning: str
    default: str = ""


ROLE = "**must be set** for a process of this role"

SITE = (
    Variable(
        "KARPEA_ROLE",
        "Which database role this process is, and so which `DATABASE_URL_…` it reads: `web`, `worker`, "
        "`migrator`, `loader`, `backup` or `admin`.",
        "`web`",
    ),
    Variable(
        "DATABASE_URL_WEB", "The site's own role, `karpea_web`. Held by every policy, owns nothing.", ROLE
    ),
    Variable(
        "DATABASE_URL_WORKER",
        "The role of the worker and of its clock, `karpea_worker`. Held by every policy as well.",
        ROLE,
    ),
    Variable("DATABASE_URL_MIGRATOR", "`karpea_migrator`: runs migrations, and nothing else.", ROLE),
    Variable(
        "DATABASE_URL_LOADER",
        "`karpea_loader`: reference data, demonstration data and other bulk loads.",
        ROLE,
    ),
    Variable(
        "DATABASE_URL_BACKUP",
        "`karpea_backup`: reads everything and writes nothing, for `manage.py backup`.",
        ROLE,
    ),
    Variable(
        "DATABASE_URL_ADMIN",
        "The cluster's administrator: makes roles and databases (`manage.py roles`) and restores. Only those two "
        "commands are ever given it.",
        ROLE,
    ),
    Variable(
        "KARPEA_SECRETS",
        "Path of a JSON file that only the processes can read (mode 0600); its keys are described below.",
    ),
    Variable(
        "REDIS_URL",
        "The broker, as `unix:///path/to.sock` or `redis://…`. It may be down: nothing lives in it alone.",
        "in memory, for one process",
    ),
    Variable(
        "KARPEA_FILES",
        "Folder of the files that workers make for people (exports). Each is kept for a day.",
        "`.karpea/files`",
    ),
    Variable(
        "KARPEA_STOLEN_PASSWORDS",
        "Path of a list of passwords that were stolen elsewhere, which nobody may choose: one SHA-1 a line in "
        "ascending order (operations.md). Empty: only the common ones that Django knows are refused.",
    ),
    Variable(
        "KARPEA_API_PER_MINUTE",
        "How many requests a minute one token may make on the interface for programs; all tokens and sessions of "
        "one person together twice as many.",
        "`300`",
    ),
    Variable(
        "KARPEA_STATIC",
        "Folder into which style sheets, scripts and fonts are collected.",
        "`staticfiles`",
    ),
    Variable(
        "KARPEA_HOSTS",
        "Host names the site answers to, separated by commas.",
        "`localhost,127.0.0.1,[::1]`",
    ),
    Variable(
        "KARPEA_ORIGINS",
        "Origins that may send forms (`https://…`), separated by commas, when a proxy stands in front.",
        "none",
    ),
    Variable("KARPEA_BIND", "Where `config/gunicorn.py` listens.", "`127.0.0.1:8000`"),
    Variable("KARPEA_PROCESSES", "How many processes serve pages, four threads each.", "`2`"),
    Variable(
        "KARPEA_BEAT",
        "Where the clock keeps its plan (`celery beat --schedule`), for its probe.",
        "`/tmp/beat`",
    ),
    Variable(
        "KARPEA_PROXY",
        "`1` where a proxy of your own stands in front and sets `X-Forwarded-For` and `X-Forwarded-Proto` itself: "
        "the trail then names the visitor's address, and HTTPS is known.",
        "`0`",
    ),
    Variable("KARPEA_BACKUPS", "Folder of the backups, for `manage.py backup` and `restore`.", "`backups`"),
    Variable(
        "KARPEA_BACKUP_KEY",
        "Key that seals the backups, 32 bytes in base64. Keep a copy outside the server, with the file of "
        "`KARPEA_SECRETS`: a restore needs both.",
        "no backups",
    ),
    Variable("KARPEA_BACKUP_DAYS", "For how many days one backup each is kept.", "`14`"),
    Variable("KARPEA_BACKUP_MONTHS", "For how many months one backup each is kept.", "`12`"),
    Variable(
        "KARPEA_METRICS",
        "`1` opens `/metrics` (Prometheus) to whoever shows the token of `KARPEA_METRICS_TOKEN`.",
        "`0`: the address does not exist",
    ),
    Variable("KARPEA_METRICS_TOKEN", "At least 32 signs made at random.", "none, and then no figures"),
    Variable(
        "PROMETHEUS_MULTIPROC_DIR",
        "An empty folder in memory in which the processes of the site add up their figures.",
        "each process has its own",
    ),
    Variable(
        "KARPEA_ADDRESS",
        "The site's own address, as it stands in reminders by mail.",
        "`http://localhost:` and the port",
    ),
    Variable(
        "KARPEA_MAIL",
        "How reminders are mailed: `smtp://name:password@host:25`, `smtp+tls://…` (STARTTLS) or `smtps://…`; "
        "`folder` writes them into `mail/` below `KARPEA_FILES`; empty sends none ([reminders](reminders.md)).",
        "none; `folder` in a demonstration",
    ),
    Variable("KARPEA_MAIL_FROM", "From whom reminders by mail come.", "`karpea@localhost`"),
    Variable(
        "KARPEA_HTTPS",
        "`1` behind HTTPS: secure cookies with the `__Host-` prefix, redirection to HTTPS, HSTS for a year.",
        "`0`",
    ),
    Variable(
        "KARPEA_DEMO",
        "`1` only where every person and file is invented: it permits `manage.py demo` and prints passwords.",
        "`0`",
    ),
)

LAUNCHER = (
    Variable("PORT", "The port of `make run`, on 127.0.0.1 only: `make run PORT=8001`.", "`8000`"),
    Variable(
        "KARPEA_LOCAL",
        "Set by the launcher beside the addresses that it made up, so that it knows them again. "
        "Not for setting by hand.",
        "set by the launcher",
    ),
    Variable(
        "XDG_RUNTIME_DIR",
        "Second choice for the folder of the sockets, where the path of the clone is too long for one.",
        "not used",
    ),
    Variable(
        "XDG_STATE_HOME",
        "Third choice for the sockets, and where a clone that may only be read is copied to.",
        "`~/.local/state`",
    ),
    Variable("PATH", "Where Python, Node and PostgreSQL are looked for.", "the system's"),
)

SUITE = (
    Variable(
        "CI",
        "`true` under continuous integration: what would be a skip elsewhere (no browser) is a failure.",
        "not set",
    ),
    Variable("CHROMIUM", "Path of the browser of the journeys.", "looked for on the `PATH`"),
)

#: The keys of the file that KARPEA_SECRETS names.
SECRETS = (
    Variable("SECRET_KEY", "Django's key: sessions and forms. Changing it signs everybody out."),
    Variable(
        "VAULT_KEYS",
        "Wrapping keys of the vault by name, 32 bytes each in base64; the last one named wraps new keys. "
        "Losing a key loses what it wraps, for ever.",
    ),
    Variable(
        "INDEX_KEY",
        "Key of the search index over sealed names, 32 bytes in base64. Names indexed under another key "
        "are no longer found.",
    ),
)
