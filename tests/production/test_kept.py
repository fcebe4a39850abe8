"""Which backups are kept, that a bad night deletes nothing, and the probes of the containers."""

import datetime
import os
import time

import pytest
from django.core.management.base import CommandError

from config import probe
from config.backups import expire, manifest
from config.backups.troubles import Trouble
from config.management.commands import backup


def put(folder, day, clock="013000"):
    """A backup in name alone."""
    folder.mkdir(exist_ok=True)
    dump = folder / f"karpea-{day:%Y%m%d}T{clock}Z{manifest.DUMP}"
    dump.touch()
    manifest.page_of(dump).touch()
    return dump


def days(paths):
    return [path.name[7:15] for path in sorted(paths)]


def test_a_day_each_for_two_weeks_and_a_month_each_for_a_year(folder):
    first = datetime.date(2025, 1, 1)
    for number in range(500):
        put(folder, first + datetime.timedelta(days=number))
    again = put(folder, first + datetime.timedelta(days=499), "120000")
    (folder / "notes.txt").touch()
    (folder / "karpea-other.dump.sealed").touch()
    expire.expire(folder, days=14, months=12)
    kept = manifest.dumps(folder)
    assert again in kept, "the newest of a day"
    assert len(kept) == 14 + 11, "twelve months, of which this one is among the days already"
    months = sorted({name[:6] for name in days(kept)})
    assert months == [f"2025{month:02}" for month in range(6, 13)] + [
        f"2026{month:02}" for month in range(1, 6)
    ]
    assert {path.name for path in folder.iterdir()} >= {"notes.txt", "karpea-other.dump.sealed"}, (
        "not ours to delete"
    )
    pages = {path for path in folder.iterdir() if path.suffix == ".json"}
    assert pages == {manifest.page_of(path) for path in kept}


def test_the_newest_is_always_kept(folder):
    only = put(folder, datetime.date(2020, 1, 1))
    assert expire.expire(folder, days=1, months=0) == []
    newer = put(folder, datetime.date(2020, 1, 2))
    assert expire.expire(folder, days=1, months=0) == [only]
    assert manifest.newest(folder) == newer


def test_how_long_is_a_setting(monkeypatch):
    monkeypatch.setenv("KARPEA_BACKUP_DAYS", "3")
    monkeypatch.setenv("KARPEA_BACKUP_MONTHS", "0")
    assert (expire.kept_days(), expire.kept_months()) == (3, 0)
    monkeypatch.setenv("KARPEA_BACKUP_DAYS", "0")
    assert expire.kept_days() == 1, "none at all is not to be had"


def test_a_folder_without_a_backup_says_so(folder):
    with pytest.raises(Trouble, match="no backup"):
        manifest.newest(folder)


def test_a_dump_without_its_page_is_no_backup(folder):
    dump = put(folder, datetime.date(2026, 1, 1))
    manifest.page_of(dump).unlink()
    assert manifest.dumps(folder) == []


@pytest.mark.usefixtures("backup_key")
def test_a_backup_that_fails_leaves_what_is_there(folder, as_role, monkeypatch):
    old = put(folder, datetime.date(2020, 1, 1))
    monkeypatch.setattr("config.backups.programs.find", lambda *_args: "/bin/false")
    with as_role("backup"), pytest.raises(CommandError, match="pg_dump stopped"):
        backup.Command().handle(to=folder, at="")
    assert {path.name for path in folder.iterdir()} == {old.name, manifest.page_of(old).name}


def test_the_clock_of_the_nights():
    from django.utils import timezone

    due = backup._next(backup._clock("01:30"))
    assert datetime.timedelta(0) < due - timezone.localtime() <= datetime.timedelta(days=1)
    assert (due.hour, due.minute) == (1, 30)
    with pytest.raises(CommandError, match="no time of the day"):
        backup._clock("half past one")


# --- probes


@pytest.fixture
def signs(tmp_path, monkeypatch):
    """`signs(name, age)`: the last sign of life of a process, so many seconds ago."""
    monkeypatch.setenv("KARPEA_FILES", str(tmp_path))
    monkeypatch.setenv("KARPEA_BEAT", str(tmp_path / "beat"))

    def sign(name, age):
        where = {"worker": "alive/worker", "backup": "alive/backup-clock", "beat": "beat.db"}[name]
        path = tmp_path / where
        path.parent.mkdir(exist_ok=True)
        path.touch()
        os.utime(path, (time.time() - age,) * 2)

    return sign


@pytest.mark.parametrize("name", probe.PATIENCE)
def test_a_process_is_alive_while_its_signs_are_fresh(signs, name, capsys):
    assert probe.main([name]) == 1, "no sign yet"
    signs(name, 5)
    assert probe.main([name]) == 0
    signs(name, probe.PATIENCE[name] + 30)
    assert probe.main([name]) == 1
    assert "old" in capsys.readouterr().err


def test_a_site_that_does_not_listen_is_not_alive(monkeypatch, capsys):
    monkeypatch.setenv("KARPEA_BIND", "127.0.0.1:1")
    assert probe.main(["web"]) == 1
    assert "ConnectionRefusedError" in capsys.readouterr().err
    assert probe.main(["nothing"]) == 2
