"""Sockets stay reachable wherever the clone lies, and nobody else can stand in for our folders."""

import os
import socket
from pathlib import Path

import pytest

from config.local import cluster as clusters
from config.local import folders
from config.local.say import Trouble


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    return tmp_path / "state"


def test_a_short_path_keeps_its_sockets_beside_the_data(home):
    assert folders.socket_folder(Path("/srv/k/.karpea/main")) == Path("/srv/k/.karpea/main/s")


def test_a_long_path_moves_its_sockets(home):
    clone = Path("/srv") / ("x" * 80)
    chosen = folders.socket_folder(clone / ".karpea" / "main", clone)
    assert clone not in chosen.parents
    assert folders.fits(chosen)


def test_khmer_letters_count_as_three_bytes(home):
    assert not folders.fits(Path("/srv") / ("ក" * 40))
    assert folders.fits(Path("/srv") / ("k" * 40))


def test_two_clones_and_two_clusters_never_share_sockets(home):
    long = [Path("/srv") / ("x" * 80 + str(n)) for n in (1, 2)]
    chosen = {
        folders.socket_folder(clone / ".karpea" / name, clone) for clone in long for name in clusters.NAMES
    }
    assert len(chosen) == 2 * len(clusters.NAMES)


def test_even_a_hopeless_state_folder_leaves_a_place(monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", "/srv/" + "y" * 120)
    monkeypatch.setenv("TMPDIR", "/srv/" + "z" * 120)
    clone = Path("/srv") / ("x" * 120)
    assert folders.fits(folders.socket_folder(clone / ".karpea" / "main", clone))


def test_the_longest_path_that_fits_can_really_be_bound(tmp_path):
    """Our limit is the kernel's: one byte more and `bind` refuses."""
    room = folders.LONGEST_SOCKET - len(os.fsencode(tmp_path)) - len(folders.SOCKET_NAME) - 2
    folder = tmp_path / ("d" * room)
    folder.mkdir()
    assert folders.fits(folder)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(folder / folders.SOCKET_NAME))
    assert not folders.fits(tmp_path / ("d" * (room + 1)))


def test_a_folder_of_ours_is_closed_to_others(tmp_path):
    open_folder = tmp_path / "open"
    open_folder.mkdir(mode=0o777)
    assert folders.own_folder(open_folder).stat().st_mode & 0o777 == 0o700


def test_a_link_is_not_taken_for_a_folder_of_ours(tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(Trouble, match="belongs to somebody else"):
        folders.own_folder(tmp_path / "link")
