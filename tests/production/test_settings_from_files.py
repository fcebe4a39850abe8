"""Keys and passwords come from files, and a weak or missing one stops the start with a sentence."""

import json
import os
import stat
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import given, new_secrets
from tests.contracts.source import ROOT


@pytest.fixture
def made(tmp_path):
    folder = tmp_path / "secrets"
    done = subprocess.run(
        [sys.executable, "-I", str(ROOT / "config/new_secrets.py"), str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "outside this server" in done.stdout
    return folder


def start(made, **changed):
    """`manage.py check --deploy` as the web service of the containers would be started."""
    env = {
        "PATH": os.environ["PATH"],
        "KARPEA_ROLE": "web",
        "KARPEA_SECRETS": str(made / "keys.json"),
        "DATABASE_URL_WEB_FILE": str(made / "database_url_web"),
        "REDIS_URL_FILE": str(made / "redis_url"),
        "KARPEA_HTTPS": "1",
        "KARPEA_PROXY": "1",
        "KARPEA_HOSTS": "karpea.example",
        "KARPEA_STATIC": str(made),
        "KARPEA_METRICS": "1",
        "KARPEA_METRICS_TOKEN_FILE": str(made / "metrics_token"),
        **changed,
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env={k: v for k, v in env.items() if v is not None}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, (done.stderr.strip().splitlines() or [""])[-1]


def test_what_is_made_starts_and_the_deploy_checks_are_clean(made):
    assert start(made) == (0, "")


def test_the_folder_is_shut_and_the_files_cannot_be_written(made):
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.iterdir()} == {0o444}
    assert {path.name for path in made.iterdir()} == set(new_secrets.made())


def test_keys_are_never_written_over(made, capsys):
    before = {path.name: path.read_text() for path in made.iterdir()}
    assert new_secrets.main([str(made)]) == 1
    assert "never written over" in capsys.readouterr().err
    assert {path.name: path.read_text() for path in made.iterdir()} == before


def test_no_two_installations_share_anything():
    one, other = new_secrets.made(), new_secrets.made()
    assert [name for name in one if one[name] == other[name]] == ["mail"], "written in by hand"
    passwords = [
        one[name].split("@")[0].rsplit(":", 1)[-1] for name in one if name.startswith("database_url")
    ]
    assert len(set(passwords)) == len(passwords) == 6
    assert min(len(word) for word in passwords) >= 48


@pytest.mark.asvs("13.3.1")
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"DATABASE_URL_WEB_FILE": "/nowhere"}, "DATABASE_URL_WEB_FILE names /nowhere, which cannot be read"),
        ({"DATABASE_URL_WEB_FILE": None}, "DATABASE_URL_WEB is not set"),
        ({"DATABASE_URL_WEB": "postgresql://karpea_web:karpea_web@db/karpea"}, "DATABASE_URL_WEB is missing or weak"),
        ({"DATABASE_URL_WEB": "postgresql://karpea_web@db/karpea"}, "DATABASE_URL_WEB is missing or weak"),
        ({"KARPEA_SECRETS": "/nowhere"}, "KARPEA_SECRETS names /nowhere, which cannot be read"),
        ({"KARPEA_DEMO": "1"}, "passwords that everybody knows"),
        ({"KARPEA_METRICS_TOKEN_FILE": None}, "KARPEA_METRICS needs"),
    ],
)  # fmt: skip
def test_a_start_without_its_secrets_is_one_sentence(made, changed, said):
    code, words = start(made, **changed)
    assert code != 0
    assert said.replace("KARPEA_METRICS needs", "KARPEA_METRICS=1 needs") in words


GOOD = json.loads(new_secrets.made()["keys.json"])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SECRET_KEY": "changeme"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 64}, "SECRET_KEY"),
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"VAULT_KEYS": {}}, "VAULT_KEYS"),
        ({"VAULT_KEYS": {"k1": "c2hvcnQ="}}, "The key k1"),
        ({"VAULT_KEYS": {"k1": "A" * 43 + "="}}, "The key k1"),
        ({"INDEX_KEY": "not base64"}, "The key INDEX_KEY"),
        ({"INDEX_KEY": None}, "The key INDEX_KEY"),
    ],
)
def test_a_weak_key_is_refused_by_name_and_not_shown(tmp_path, changed, said):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(GOOD | changed))
    with pytest.raises(ImproperlyConfigured, match=said) as refused:
        given.secrets(str(path))
    for value in (GOOD["SECRET_KEY"], GOOD["INDEX_KEY"], GOOD["VAULT_KEYS"]["k1"]):
        assert value not in str(refused.value)
    path.write_text(json.dumps(GOOD))
    assert given.secrets(str(path)) == GOOD


def test_a_file_is_asked_only_where_the_variable_is_not_set(monkeypatch, tmp_path):
    (tmp_path / "one").write_text("from the file\n")
    monkeypatch.setenv("REDIS_URL_FILE", str(tmp_path / "one"))
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert given.given("REDIS_URL") == "from the file"
    monkeypatch.setenv("REDIS_URL", "set")
    assert given.given("REDIS_URL") == "set"
