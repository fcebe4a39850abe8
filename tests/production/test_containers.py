"""The image and the services as they are written. Nothing is built here: shape, secrets, order, and what is shut.

That Compose knows every word of the file is a check of `make check`, by its own schema.
"""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from config import new_secrets, variables
from config.local import checks, site
from tests.contracts.source import APPS, ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one["image"].startswith("karpea")}
DOCKERFILE = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())


def stages():
    """[(from, name, [instruction, ...])] of the Dockerfile."""
    found = []
    for line in DOCKERFILE.splitlines():
        word, _space, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _as, name = rest.partition(" AS ")
            found.append((base, name, []))
        elif word and word != "#":
            found[-1][2].append((word, rest.strip()))
    return found


STAGES = {name: (base, told) for base, name, told in stages()}


def told(name):
    """Every instruction that a stage ends up with, those of the stage it is made from first."""
    base, own = STAGES[name]
    return (told(base) if base in STAGES else []) + own


def last(name, word):
    return [rest for one, rest in told(name) if one == word][-1]


# --- the image


def test_stages_are_what_they_are_for():
    assert list(STAGES) == ["front", "packages", "site", "keeper", ""]
    assert STAGES["keeper"][0] == STAGES[""][0] == "site"


def test_every_base_is_named_with_its_version():
    for base, _name, _told in stages():
        assert base in STAGES or re.fullmatch(r"(python|node):\d+(\.\d+)*-[a-z-]+", base), base
        assert "latest" not in base


@pytest.mark.parametrize("name", ["site", "keeper"])
def test_it_runs_as_a_number_that_is_not_root(name):
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", last(name, "USER")), (
        "numeric, so that nobody has to know it"
    )


def test_packages_are_checked_by_hash_and_nothing_is_built_from_source():
    runs = " ".join(rest for word, rest in STAGES["packages"][1] if word == "RUN")
    assert "--require-hashes" in runs
    assert "--only-binary :all:" in runs
    assert "npm ci --ignore-scripts" in " ".join(rest for _word, rest in STAGES["front"][1])


def test_no_tools_of_building_are_in_the_last_stage():
    for name in ("site", "keeper"):
        runs = " ".join(rest for word, rest in told(name) if word == "RUN")
        assert not re.search(r"\b(gcc|build-essential|make|git|npm|node|curl|wget|pip install)\b", runs)
    installed = re.findall(
        r"apt-get install[^&]*", " ".join(rest for word, rest in told("keeper") if word == "RUN")
    )
    assert [re.findall(r"[a-z][a-z0-9.-]*-\d+\b", one) for one in installed] == [["postgresql-client-17"]]


def test_the_client_programs_are_of_the_server_s_version():
    (server,) = re.findall(r"postgres:(\d+)", SERVICES["postgres"]["image"])
    assert f"postgresql-client-{server}" in DOCKERFILE


def test_it_watches_itself():
    assert "config.probe" in last("site", "HEALTHCHECK")


@pytest.mark.asvs("13.3.1")
def test_no_secret_is_in_the_image():
    """Keys for the one step that needs the settings are made and deleted in it: nothing of them stays in a layer."""
    for word, rest in told("site") + told("keeper"):
        if "/tmp/once" in rest:  # noqa: S108  of the image, not of this machine
            assert word == "RUN"
            assert rest.index("new_secrets.py /tmp/once") < rest.index("rm -rf /tmp/once")
        if word in ("ENV", "ARG"):
            assert not re.search(r"(?i)password|secret|token|key", rest), rest
    assert not re.search(r"^(ADD|ARG) ", DOCKERFILE, re.MULTILINE)


def test_every_app_is_in_the_image_and_everything_copied_is_let_through():
    lines = [rest.split()[:-1] for word, rest in told("site") if word == "COPY" and "--from" not in rest]
    copied = {path.rstrip("/") for line in lines for path in line}
    assert set(APPS) <= copied
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored, "everything is shut out that is not let through by name"
    let = {line[1:] for line in ignored if line.startswith("!")}
    assert copied <= let
    for path in let:
        assert (ROOT / path).exists(), path
    assert {"secrets", "backups"} <= set(ignored)


def test_static_files_are_collected_as_the_launcher_does():
    for name in site.NOT_SERVED:
        assert f"--ignore={name}" in DOCKERFILE.replace("'", "")


def test_python_is_one_that_the_project_runs_on():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    low, high = re.findall(r"3\.(\d+)", project["requires-python"])
    for minor in re.findall(r"python:3\.(\d+)", DOCKERFILE):
        assert int(low) <= int(minor) < int(high)


# --- the services


def test_the_services():
    assert list(SERVICES) == [
        "postgres", "redis", "roles", "migrate", "load", "web", "worker", "beat", "backup", "restore",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "good"),
    [("mem_limit: 800m", True), ("mem_limits: 800m", False), ("mem_limit: [800m]", False)],
)
def test_a_word_that_compose_does_not_know_is_found(tmp_path, line, good):
    (check,) = [one for one in checks.all_checks() if one.name == "Containers"]
    program, *words, _file = check.command
    written = tmp_path / "docker-compose.yml"
    text = (ROOT / "docker-compose.yml").read_text()
    assert "mem_limit: 800m" in text
    written.write_text(text.replace("mem_limit: 800m", line))
    done = subprocess.run(
        [Path(sys.executable).parent / program, *words, written], capture_output=True, check=False
    )
    assert (done.returncode == 0) is good, done.stdout


def test_a_clone_with_a_strict_umask_makes_an_image_that_can_be_read(tmp_path):
    """COPY keeps the modes of the clone, and a container is not root."""
    (found,) = re.findall(r"find \. .+? \+(?= )", last("site", "RUN"))
    for path in ("strict/inner", "usual"):
        (tmp_path / path).mkdir(parents=True)
    for name, mode in (("strict/inner/one.py", 0o600), ("strict/inner/run", 0o700), ("usual/two.py", 0o644)):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    (tmp_path / "strict" / "inner").chmod(0o700)
    (tmp_path / "strict").chmod(0o700)
    subprocess.run(shlex.split(found), cwd=tmp_path, check=True)
    modes = {str(path.relative_to(tmp_path)): path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert modes == {
        "strict": 0o755, "strict/inner": 0o755, "strict/inner/one.py": 0o644, "strict/inner/run": 0o755,
        "usual": 0o755, "usual/two.py": 0o644,
    }  # fmt: skip


def test_what_starts_after_what():
    order = {
        name: {o: c["condition"] for o, c in one.get("depends_on", {}).items()}
        for name, one in SERVICES.items()
    }
    once = "service_completed_successfully"
    assert order["roles"] == {"postgres": "service_healthy"}
    assert order["migrate"] == {"roles": once}
    assert order["load"] == {"migrate": once}
    for name in ("web", "worker", "beat"):
        assert order[name] == {"load": once, "redis": "service_healthy"}
    assert order["backup"] == {"load": once}
    for name in ("roles", "migrate", "load", "restore"):
        assert SERVICES[name]["restart"] == "no"
    assert SERVICES["restore"]["profiles"], "a restore is started by hand alone"


@pytest.mark.asvs("13.2.2")
@pytest.mark.parametrize("name", SERVICES)
def test_each_has_no_more_than_it_needs(name):
    one = SERVICES[name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in one["security_opt"]
    assert one["mem_limit"]
    assert one["logging"]["options"]["max-size"], "logs must not fill the disk"
    assert "privileged" not in one
    assert not re.search(r":latest|^[^:]+$", one["image"]), one["image"]
    if one["restart"] != "no":
        assert one["healthcheck"]["test"]


@pytest.mark.asvs("16.4.3")
def test_every_line_of_every_service_can_go_to_another_machine():
    """With the second file the engine sends them inside TLS, and the site never waits for it."""
    away = yaml.safe_load((ROOT / "docker-compose.logs.yml").read_text())["services"]
    assert set(away) == set(SERVICES)
    for one in away.values():
        assert set(one) == {"logging"}, "nothing else is changed by it"
        told = one["logging"]["options"]
        assert one["logging"]["driver"] == "syslog"
        assert told["syslog-address"].startswith("${KARPEA_LOGS_TO:?")
        assert "tcp+tls://" in told["syslog-address"]
        assert told["syslog-tls-ca-cert"].startswith("${KARPEA_LOGS_CA:?")
        assert "syslog-tls-skip-verify" not in told, "whoever answers there must prove who they are"
        assert told["mode"] == "non-blocking"
        assert told["cache-max-size"], "logs must not fill the disk"


def test_it_fits_on_a_small_server():
    assert (
        sum(int(one["mem_limit"].removesuffix("m")) for one in SERVICES.values() if one["restart"] != "no")
        < 3500
    )


def test_only_the_site_is_reachable_and_only_from_this_machine():
    ports = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert [name for name, one in SERVICES.items() if "front" in one["networks"]] == ["web", "worker"], (
        "mail leaves by the worker"
    )


def test_every_secret_is_a_file_that_is_made_and_used():
    made = new_secrets.made()
    assert set(COMPOSE["secrets"]) == set(made)
    for name, one in COMPOSE["secrets"].items():
        assert one == {"file": f"./secrets/{name}"}
    assert {name for one in SERVICES.values() for name in one.get("secrets", [])} == set(made)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_given_the_files_that_it_reads(name):
    one = SERVICES[name]
    text = str(one.get("environment", {})) + str(one.get("command", "")) + str(one.get("healthcheck", ""))
    assert set(re.findall(r"/run/secrets/([\w.]+)", text)) == set(one["secrets"])


def test_the_administrator_of_the_cluster_is_given_to_no_service_that_stays():
    holders = {name for name, one in SERVICES.items() if "database_url_admin" in one.get("secrets", [])}
    assert holders == {"roles", "restore"}
    for name in ("web", "worker", "beat"):
        (own,) = [secret for secret in SERVICES[name]["secrets"] if secret.startswith("database_url")]
        assert own == f"database_url_{'web' if name == 'web' else 'worker'}"
        assert "backup_key" not in SERVICES[name]["secrets"]


def test_there_is_no_default_password_and_no_password_in_the_file():
    text = (ROOT / "docker-compose.yml").read_text()
    assert not re.search(
        r"(?i)(password|secret|token|key)\w*: *[\"']?\w{6,}", re.sub(r"/run/secrets/\S+", "", text)
    )
    assert "KARPEA_DEMO" not in text
    for one in OURS.values():
        assert one["environment"]["KARPEA_HTTPS"] == "1"


def test_every_variable_is_one_that_the_settings_know():
    known = {one.name for one in variables.SITE}
    for name, one in OURS.items():
        given = {word.removesuffix("_FILE") for word in one["environment"]}
        assert given <= known, f"{name}: {given - known}"


def test_postgresql_keeps_khmer_and_what_it_said_it_wrote():
    one = SERVICES["postgres"]
    made = one["environment"]["POSTGRES_INITDB_ARGS"]
    assert "--data-checksums" in made
    assert "--builtin-locale=C.UTF-8" in made
    assert "POSTGRES_PASSWORD_FILE" in one["environment"]
    assert not {"POSTGRES_PASSWORD", "POSTGRES_HOST_AUTH_METHOD"} & set(one["environment"])
    flags = " ".join(one["command"])
    assert not re.search(r"fsync|synchronous|full_page_writes", flags), "as they are by themselves: on"
    assert "--log_min_error_statement=panic" in flags


def test_the_broker_writes_to_disk_and_throws_nothing_away():
    command = SERVICES["redis"]["command"]
    settings = dict(zip(command[2::2], command[3::2], strict=True))
    assert settings["--appendonly"] == "yes"
    assert settings["--appendfsync"] == "everysec"
    assert settings["--maxmemory-policy"] == "noeviction"


def test_a_task_may_end_before_the_worker_must(settings):
    (minutes,) = re.findall(r"(\d+)m", SERVICES["worker"]["stop_grace_period"])
    assert int(minutes) * 60 >= settings.CELERY_TASK_TIME_LIMIT
