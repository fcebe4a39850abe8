"""PostgreSQL is found by running it; what does not fit is named in the one sentence."""

import tempfile
from pathlib import Path

import pytest

from config.local import programs
from config.local.folders import server_person
from config.local.say import Trouble


@pytest.fixture
def place():
    """Outside pytest's own folders, which are closed to the account that the servers run as."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def installation(place: Path, says: str, *, trigrams: bool = True) -> Path:
    """A folder that looks like an installation, with a `postgres` that says what we want."""
    folder = place / "pg" / "bin"
    folder.mkdir(parents=True)
    for name in programs.NEEDED:
        (folder / name).write_text(f"#!/bin/sh\n{says}\n")
        (folder / name).chmod(0o755)
    extension = place / "pg" / "share" / "extension"
    extension.mkdir(parents=True)
    if trigrams:
        (extension / "pg_trgm.control").touch()
    return folder


def test_a_fitting_installation_is_taken(place):
    folder = installation(place, "echo 'postgres (PostgreSQL) 17.2'")
    found = programs.find(server_person(), folders=[folder])
    assert (found.folder, found.version) == (folder, 17)


@pytest.mark.parametrize(
    ("says", "trigrams", "words"),
    [
        ("echo 'postgres (PostgreSQL) 14.9'", True, "is version 14, 15 or newer is needed"),
        ("echo 'postgres (PostgreSQL) 16.1'", False, "lacks the extension pg_trgm"),
        ("echo 'libxml2.so.2: cannot open' >&2; exit 127", True, "libxml2.so.2: cannot open"),
    ],
)
def test_what_does_not_fit_is_named_with_the_installing_line(place, says, trigrams, words):
    folder = installation(place, says, trigrams=trigrams)
    with pytest.raises(Trouble) as caught:
        programs.find(server_person(), folders=[folder])
    assert words in caught.value.english
    assert "apt-get install postgresql" in caught.value.english
    assert "\n" not in caught.value.english


def test_nothing_is_fetched_while_the_machine_has_its_own(place):
    folder = installation(place, "echo 'postgres (PostgreSQL) 16.1'")

    def fetch() -> Path:
        raise AssertionError("fetched without need")

    assert programs.find(server_person(), fetch, folders=[folder]).version == 16


def test_programs_are_fetched_where_the_machine_has_none(place):
    folder = installation(place, "echo 'postgres (PostgreSQL) 18.4'")
    assert programs.find(server_person(), lambda: folder, folders=[place / "none"]).version == 18


def test_newer_versions_come_first():
    paths = [Path(f"/usr/lib/postgresql/{version}/bin") for version in ("9.6", "15", "16")]
    assert [path.parent.name for path in programs.by_version(paths)] == ["16", "15", "9.6"]
