"""The launcher starts from nothing but Python, and says in words what is in its way."""

import ast
import os
import shutil
import subprocess
import sys

import pytest

from config.local import checks, commands, mirror, packages, stamps
from config.local.folders import CLONE

LOCAL = CLONE / "config" / "local"


def test_it_runs_outside_the_environment_and_from_any_folder(tmp_path):
    done = subprocess.run(
        [sys.executable, "-S", str(LOCAL), "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for name in commands.COMMANDS:
        assert name in done.stdout


def test_its_first_file_can_be_read_by_an_old_python():
    ast.parse((LOCAL / "__main__.py").read_text(), feature_version=(3, 4))
    assert 'f"' not in (LOCAL / "__main__.py").read_text()


def test_only_the_standard_library_is_imported_at_the_top():
    """Before the environment stands there is nothing else."""
    for path in LOCAL.glob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            else:
                continue
            foreign = {name.split(".")[0] for name in names} - sys.stdlib_module_names
            assert not foreign, f"{path.name} imports {foreign}"


def test_make_offers_every_command():
    done = subprocess.run(["make", "-pnq"], cwd=CLONE, capture_output=True, text=True, check=False)
    for name in commands.COMMANDS:
        assert f"\n{name}:" in done.stdout


@pytest.mark.parametrize("words", ["-k 'one or two'", "", '-k "a" --x=$HOME'])
def test_make_gives_arguments_on_unchanged(words):
    done = subprocess.run(
        ["make", "--no-print-directory", "test", f"ARGS={words.replace('$', '$$')}", "PYTHON=printf '%s\\n'"],
        cwd=CLONE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == f"--arguments={words}"


def test_no_lock_carries_an_address():
    for path in (CLONE / "requirements").rglob("*"):
        if path.is_file():
            assert "://" not in path.read_text(), path.name


def test_every_package_of_a_lock_is_pinned_by_hash():
    for name in packages.CONTAINED:
        for entry in (CLONE / "requirements" / f"{name}.txt").read_text().replace("\\\n", "").splitlines():
            assert "==" in entry, entry
            assert "--hash=sha256:" in entry, entry


def test_the_developer_s_lock_contains_the_product_s():
    def pins(name):
        lines = (CLONE / "requirements" / f"{name}.txt").read_text().splitlines()
        return {line.split()[0] for line in lines if "==" in line}

    assert pins("base") <= pins("dev")


def test_a_stamp_follows_names_and_contents(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    values = [stamps.of([one]), stamps.of([one, two]), stamps.of([one], "more")]
    one.write_text("b")
    values.append(stamps.of([one]))
    assert len(set(values)) == 4
    assert not stamps.current(tmp_path / "missing", values[0])


def test_the_copy_of_a_clone_follows_it(tmp_path):
    clone, copy = tmp_path / "clone", tmp_path / "copy"
    (clone / "app").mkdir(parents=True)
    (clone / ".venv").mkdir()
    for name in ("app/one.py", "app/two.py", ".venv/left"):
        (clone / name).write_text("1")
        (clone / name).chmod(0o444)
    mirror.refresh(clone, copy)
    assert mirror.files(copy) == {path.relative_to(clone) for path in (clone / "app").iterdir()}
    (clone / "app" / "two.py").unlink()
    (clone / "app" / "one.py").unlink()
    (clone / "app" / "one.py").write_text("22")
    mirror.refresh(clone, copy)
    assert [path.name for path in mirror.files(copy)] == ["one.py"]
    assert (copy / "app" / "one.py").read_text() == "22"


def test_every_check_has_its_program():
    for check in checks.all_checks():
        assert shutil.which(check.command[0], path=str(packages.PYTHON.parent)), check.name


def test_a_full_disk_is_one_sentence():
    problem = commands.of_the_machine(OSError(28, os.strerror(28)))
    assert problem.english.startswith("The disk is full.")
