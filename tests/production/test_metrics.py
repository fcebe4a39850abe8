"""Figures for an operator: shut unless opened, and then only for whoever shows the token."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from accounts.models import User
from config import alive, metrics
from desk import exports
from desk.models import Export
from tests.contracts.source import ROOT
from tests.factories import make_case

TOKEN = "a-token-of-at-least-thirty-two-signs"


@pytest.fixture
def opened(settings, tmp_path):
    settings.METRICS, settings.METRICS_TOKEN, settings.FILES_DIR = True, TOKEN, tmp_path


def ask(client, token=TOKEN):
    return client.get("/metrics", headers={"Authorization": f"Bearer {token}"})


def figure(client, name):
    """The figure of that name (and labels), or None where it is not told."""
    for line in ask(client).content.decode().splitlines():
        if line.startswith(f"{name} "):
            return float(line.rsplit(" ", 1)[1])
    return None


def test_they_do_not_exist_unless_opened(db, client, settings, people, client_of):
    assert settings.METRICS is False
    for token in ("", TOKEN):
        assert ask(client, token).status_code == 404
    assert ask(client_of(people.administrator), "").status_code == 404


@pytest.mark.asvs("13.4.5")
@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "x", "ច" * 40])
@pytest.mark.usefixtures("opened")
def test_without_the_token_they_do_not_exist(db, client, token, people, client_of):
    header = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    assert client.get("/metrics", **header).status_code == 404
    assert client_of(people.administrator).get("/metrics").status_code == 404
    assert ask(client).status_code == 200


@pytest.mark.usefixtures("opened")
def test_requests_are_counted_by_page_and_answer(db, client, people, client_of):
    case = make_case(by=people.officer_bmc)
    name = 'karpea_requests_total{method="GET",route="cases:detail",status="200"}'
    before = figure(client, name) or 0
    for _again in range(3):
        client_of(people.officer_bmc).get(f"/files/{case.number}/")
    assert figure(client, name) == before + 3
    text = ask(client).content.decode()
    assert 'karpea_request_seconds_bucket{le="0.5",route="cases:detail"}' in text
    for secret in (case.number, str(case.pk), people.officer_bmc.sign_in_name, str(people.officer_bmc.pk)):
        assert secret not in text


@pytest.mark.usefixtures("opened")
def test_an_invented_method_or_address_makes_no_new_figure(db, client):
    for word in ("ONE", "TWO"):
        client.generic(word, f"/{word}/")
    text = ask(client).content.decode()
    assert 'method="other",route="none"' in text
    assert "ONE" not in text


@pytest.mark.usefixtures("opened")
def test_what_waits_is_counted(db, client, people, as_):
    name = 'karpea_waiting_rows{kind="exports"}'
    assert figure(client, name) == 0
    with as_(people.auditor):
        exports.ask(kind="TRAIL", shape="CSV", filters={}, by=people.auditor)
    assert figure(client, name) == 1
    with as_(people.auditor):
        Export.objects.update(status="FAILED")
    assert figure(client, name) == 0


@pytest.mark.usefixtures("opened")
def test_a_database_that_does_not_answer_is_told_apart_from_nothing_waiting(db, client, monkeypatch):
    from django.db import OperationalError

    def away():
        raise OperationalError

    monkeypatch.setattr("desk.exports.waiting", away)
    assert figure(client, 'karpea_waiting_rows{kind="exports"}') == -1


@pytest.mark.usefixtures("opened")
def test_signs_of_life_grow_old(db, client, settings):
    assert figure(client, "karpea_worker_sign_age_seconds") is None, "never there is not the same as fresh"
    alive.sign("worker")
    assert figure(client, "karpea_worker_sign_age_seconds") < 60
    hour = time.time() - 3600
    os.utime(Path(settings.FILES_DIR) / "alive" / "worker", (hour, hour))
    assert 3590 < figure(client, "karpea_worker_sign_age_seconds") < 3700


def test_nothing_is_loaded_or_counted_while_they_are_off(settings):
    """`prometheus_client` starts threads of nothing, but what is off should cost nothing."""
    metrics._counted.cache_clear()
    metrics.count_request("GET", "x", 200, 0.1)
    assert metrics._counted.cache_info().currsize == 0


def test_processes_add_up(tmp_path):
    """Two processes of one site, counted together from their files."""
    program = (
        "import os, sys\nsys.path.insert(0, '.')\nimport django\ndjango.setup()\nfrom config import metrics\n"
        "metrics.count_request('GET', 'help', 200, 0.01)\n"
        "metrics._waiting = dict\n"
        "print(''.join(metrics._text()))\n"
    )
    env = {
        **os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "KARPEA_METRICS": "1", "KARPEA_METRICS_TOKEN": TOKEN,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    said = ""
    for _process in range(2):
        said = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, check=True
        ).stdout
    assert 'karpea_requests_total{method="GET",route="help",status="200"} 2.0' in said


def test_no_member_of_staff_is_needed_to_ask(db, client, settings, tmp_path):
    settings.METRICS, settings.METRICS_TOKEN, settings.FILES_DIR = True, TOKEN, tmp_path
    before = User.objects.count()
    assert ask(client).headers["Content-Type"].startswith("text/plain")
    assert User.objects.count() == before
