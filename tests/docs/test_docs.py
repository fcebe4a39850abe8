"""The documentation says what the code says, and its links lead somewhere."""

import re

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from config import generated, variables
from config.local import checks
from tests.contracts.source import ROOT, modules

#: Every page that people read as documentation.
READ = [
    path
    for path in [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    if path.name != "translation.md"
]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`]+)`")
FENCE = re.compile(r"```.*?```", re.DOTALL)


def named(path):
    return str(path.relative_to(ROOT))


def words_of(path):
    return FENCE.sub("", path.read_text())


def anchors(path):
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ +(.+)$", words_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def source():
    """Everything a code name may stand in: Python, SQL, templates, code lists, scripts, settings of tools."""
    found = [module.text for module in modules(migrations=True)]
    for pattern in ("templates/**/*.html", "config/local/*.sql", "accounts/data/**/*.csv", "static/src/js/*.js",
                    "Makefile", "pyproject.toml"):  # fmt: skip
        found += [path.read_text() for path in sorted(ROOT.glob(pattern))]
    return "\n".join(found)


# --- generated pages


def test_generated_pages_are_current():
    assert generated.stale() == []
    call_command("docs", "--check")


def test_check_names_the_page_that_is_old(monkeypatch):
    monkeypatch.setitem(generated.PAGES, "docs/trail.md", lambda: "something else\n")
    with pytest.raises(CommandError, match=r"docs/trail\.md"):
        call_command("docs", "--check")


def test_docs_writes_what_is_missing(monkeypatch, tmp_path, capsys):
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(generated, "ROOT", tmp_path)
    call_command("docs")
    assert sorted(path.name for path in tmp_path.glob("docs/*")) == [
        "access.md",
        "lifecycle.md",
        "settings.md",
        "trail.md",
    ]
    assert "Written anew: docs/lifecycle.md" in capsys.readouterr().out
    call_command("docs", "--check")


def test_generated_pages_are_part_of_make_check():
    assert ("python", "manage.py", "docs", "--check") in [check.command for check in checks.all_checks()]


def test_every_variable_is_explained():
    """What the source asks of the environment, and nothing that it does not ask."""
    asked = re.compile(
        r"(?:environ|environment)(?:\.get\(|\[)\s*\"([A-Z_]+)\"(?!\] =)|\b(?:need|given)\(\"([A-Z_]+)\""
    )
    texts = [module.text for module in modules("config") if module.name != "config/variables.py"]
    texts.append((ROOT / "tests/conftest.py").read_text())
    found = {a or b for text in texts for a, b in asked.findall(text)}
    found |= {"KARPEA_LOCAL"}  # read through a constant: config/local/servers.py
    found |= set(re.findall(r"\"(DATABASE_URL_[A-Z]+)\"", "\n".join(texts)))
    told = {one.name for one in (*variables.SITE, *variables.LAUNCHER, *variables.SUITE)}
    assert told - found == set(), "nothing reads these any more: take them out of config/variables.py"
    assert found - told == set(), "explain these in config/variables.py, then: manage.py docs"


def test_the_secrets_are_explained():
    text = (ROOT / "config/settings.py").read_text()
    assert [one.name for one in variables.SECRETS] == re.findall(r"SECRETS\[\"([A-Z_]+)\"\]", text)


# --- what people wrote


@pytest.mark.parametrize("path", READ, ids=named)
def test_links_lead_somewhere(path):
    broken = []
    for target in LINK.findall(words_of(path)):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        file, _hash, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("path", READ, ids=named)
def test_files_that_are_named_exist(path):
    """`cases/actions.py` and the like: a page that sends people to a file that has moved wastes their time."""
    missing = []
    for code in CODE.findall(words_of(path)):
        looks_like_a_file = re.fullmatch(
            r"[\w.\-]+(/[\w.\-]+)+\.(py|md|html|csv|sql|toml|mjs|scss|js|po)", code
        )
        if looks_like_a_file and not (ROOT / code).exists():
            missing.append(code)
    assert missing == []


@pytest.mark.parametrize("path", READ, ids=named)
def test_make_commands_exist(path):
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z ]*):", makefile, re.MULTILINE))
    targets = {name for group in targets for name in group.split()}
    said = set(re.findall(r"(?:`|^\s*)make ([a-z]+)", path.read_text(), re.MULTILINE))
    assert said - targets == set()


def test_the_readme_says_the_two_commands():
    text = (ROOT / "README.md").read_text()
    assert "make run" in text
    assert "make test" in text


def test_every_word_of_the_glossary_is_there_once_and_its_code_name_exists():
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        for line in (ROOT / "docs/glossary.md").read_text().splitlines()
        if line.startswith("|") and not line.startswith(("| ---", "| English"))
    ]
    assert len(rows) > 60
    assert {len(row) for row in rows} == {5}, [row for row in rows if len(row) != 5]
    words = [row[0] for row in rows]
    assert [word for word in words if words.count(word) > 1] == []
    assert [row[0] for row in rows if not re.search("[\u1780-\u17b3]", row[1])] == []
    code = source()
    missing = [
        f"{row[0]}: {name}"
        for row in rows
        for name in CODE.findall(row[4])
        if not re.search(rf"(?<![\w]){re.escape(re.split(r'[./]', name.strip('/'))[-1])}(?![\w])", code)
    ]
    assert missing == []


def test_decisions_are_numbered_and_shaped_alike():
    pages = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))
    assert [int(path.name[:4]) for path in pages] == list(range(1, len(pages) + 1))
    for path in pages:
        headings = re.findall(r"^## (.+)$", path.read_text(), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], path.name
        assert path.read_text().startswith(f"# {path.name[:4]} "), path.name
        assert path.name in (ROOT / "docs/adr/README.md").read_text(), path.name


def test_pictures_are_small():
    assert [path.name for path in (ROOT / "docs/img").glob("*") if path.stat().st_size > 200_000] == []
