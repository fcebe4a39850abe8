"""A port that the site cannot have, and a site that already runs, are one sentence each."""

import re
import socket
import subprocess
import sys

import pytest

from config.local import ports
from config.local.folders import CLONE
from config.local.say import Trouble

HOLD = """
import sys; sys.path.insert(0, {clone!r})
from pathlib import Path
from config.local import ports
with ports.sole(Path({lock!r}), 8123):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_port_is_8000_unless_chosen():
    assert ports.wanted({}) == 8000
    assert ports.wanted({"PORT": ""}) == 8000
    assert ports.wanted({"PORT": "8011"}) == 8011


@pytest.mark.parametrize("given", ["0", "65536", "http", "-1", "80.5", "៨០០០"])
def test_what_is_no_port_is_said(given):
    with pytest.raises(Trouble, match="is no port"):
        ports.wanted({"PORT": given})


def test_a_taken_port_names_another():
    with socket.socket() as other:
        other.bind((ports.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Trouble) as caught:
            ports.free(port)
    assert f"Port {port} is taken" in caught.value.english
    assert f"make run PORT={port + 1}" in caught.value.english
    assert str(port) in caught.value.khmer
    ports.free(port)  # closed: ours again at once


def test_a_second_start_is_told_where_the_first_one_is(tmp_path):
    lock = tmp_path / "run.lock"
    code = HOLD.format(clone=str(CLONE), lock=str(lock))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout.readline() == "held\n"
        assert ports.holder(lock) == {"process": first.pid, "port": 8123}
        with (
            pytest.raises(Trouble, match=r"runs from this folder at http://127\.0\.0\.1:8123/") as told,
            ports.sole(lock, 8000),
        ):
            pass
        assert "នៅ http://127.0.0.1:8123/" in told.value.khmer
        assert set(re.findall(r"[A-Za-z]+", told.value.khmer)) == {"http", "make", "stop"}
        first.kill()
    # However the first one ended, its claim has ended with it.
    assert ports.holder(lock) is None
    with ports.sole(lock, 8000):
        pass
