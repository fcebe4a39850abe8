"""Every string of the source that a person may read, and what the Khmer catalogue still owes it.

`python manage.py translations` lists what is missing, one line each; tests/contracts/test_translations.py
holds the list empty. Nothing here runs in production.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

from .local import catalogues

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "km" / "LC_MESSAGES"
APPS = ("accounts", "audit", "cases", "config", "desk", "referrals", "reports")

# What the functions take, in order: c context, s singular, p plural.
SHAPES = {
    "gettext": "s",
    "gettext_lazy": "s",
    "gettext_noop": "s",
    "pgettext": "cs",
    "pgettext_lazy": "cs",
    "ngettext": "sp",
    "ngettext_lazy": "sp",
    "npgettext": "csp",
    "npgettext_lazy": "csp",
}
# Words that stay as they are in Khmer.
PROPER_NAMES = {"Karpea", "IPv", "PDF", "CSV", "XLSX", "English"}

LATIN = re.compile(r"[A-Za-z]{2,}")
KHMER = re.compile(r"[\u1780-\u17b3]")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*(?:[:!][^{}]*)?\}")
TAG = re.compile(r"</?[a-z][a-z0-9]*|href=|%%")
# ZWSP is welcome between words (it lets a line break), never doubled or at an edge;
# the joiners and the byte order mark only come in by copying.
BAD_SIGNS = re.compile("[\u200c\u200d\ufeff]|\u200b\u200b|\u200b\\s|\\s\u200b|^\u200b|\u200b$|\u17a3|\u17a4")


@dataclass(frozen=True)
class Said:
    """One string and where it is said."""

    path: Path
    line: int
    msgid: str
    msgctxt: str | None = None
    msgid_plural: str | None = None

    def __str__(self) -> str:
        path = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{path}:{self.line}: “{self.msgid}”"


def python_files() -> Iterator[Path]:
    for app in APPS:
        yield from sorted((ROOT / app).rglob("*.py"))


def template_files() -> Iterator[Path]:
    for folder in [ROOT / "templates", *(ROOT / app / "templates" for app in APPS)]:
        yield from (path for path in sorted(folder.rglob("*")) if path.suffix in {".html", ".txt", ".xml"})


def said_in_python(path: Path) -> Iterator[Said]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = aliases(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            name = getattr(function, "id", None) or getattr(function, "attr", "")
            # `_` only where it was imported as a gettext; `translation.gettext` by its own name.
            shape = SHAPES.get(names.get(name, "")) or (
                isinstance(function, ast.Attribute) and SHAPES.get(name)
            )
            if shape:
                yield said(path, node, shape)


def aliases(tree: ast.AST) -> dict[str, str]:
    """{"_": "gettext_lazy"} from the imports of a module."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in {"django.utils.translation", "allauth.utils"}
        for alias in node.names
    }


def said(path: Path, node: ast.Call, shape: str, line: int = 0) -> Said:
    texts: dict[str, str | None] = {}
    for letter, argument in zip(shape, node.args, strict=False):
        value = argument.value if isinstance(argument, ast.Constant) else None
        texts[letter] = value if isinstance(value, str) else None
    # A msgid that is computed cannot be found by makemessages either: it is said as None.
    computed = len(texts) < len(shape) or None in texts.values()
    msgid = None if computed else texts["s"]
    return Said(path, line or node.lineno, msgid, texts.get("c"), texts.get("p"))


def said_in_template(path: Path) -> Iterator[Said]:
    """Django turns a template into calls among noise; each call is cut out and read as Python."""
    code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for match in re.finditer(r"\b(_|n?p?gettext)\((?=\s*u?['\"])", code):
        for end in re.finditer(r"\)", code[match.end() :]):
            try:
                call = ast.parse(code[match.start() : match.end() + end.end()], mode="eval").body
            except SyntaxError:
                continue
            shape = SHAPES.get(match[1], "s")
            if isinstance(call, ast.Call):
                yield said(path, call, shape, code.count("\n", 0, match.start()) + 1)
            break


def everything_said() -> list[Said]:
    found = [one for path in python_files() for one in said_in_python(path)]
    found += [one for path in template_files() for one in said_in_template(path)]
    return sorted((one for one in found if one.msgid != ""), key=lambda one: (str(one.path), one.line))


def catalogue(folder: Path = CATALOGUE) -> dict[tuple[str | None, str], catalogues.Message]:
    """What the running site finds: django.po before the other files."""
    messages: dict[tuple[str | None, str], catalogues.Message] = {}
    for path in sorted(folder.glob("*.po"), key=lambda path: (path.name != catalogues.FIRST, path.name)):
        for message in catalogues.read(path):
            messages.setdefault((message.msgctxt, message.msgid), message)
    return messages


def owed(found: Iterable[Said], messages: dict) -> list[str]:
    """A sentence for each string that would not come out in Khmer."""
    problems = []
    for one in found:
        if one.msgid is None:
            problems.append(
                f"{str(one).rsplit(':', 1)[0]}: the string is computed; write it out inside gettext"
            )
            continue
        message = messages.get((one.msgctxt, one.msgid))
        if message is None or not any(message.msgstr.values()):
            problems.append(f"{one} has no Khmer in locale/km/LC_MESSAGES/django.po")
        elif one.msgid_plural and message.msgid_plural != one.msgid_plural:
            problems.append(f"{one} has no Khmer for its plural “{one.msgid_plural}”")
        elif message.fuzzy:
            problems.append(f"{one} has only a fuzzy translation: check it and take the flag away")
    return list(dict.fromkeys(problems))


def wrong(message: catalogues.Message) -> Iterator[str]:
    """What a reviewer would send back without knowing Khmer."""
    original = message.msgid_plural or message.msgid
    for text in message.msgstr.values():
        if not text or not message.msgid:
            continue
        plain = PLACEHOLDER.sub("", re.sub(r"<[^>]*>", "", original))
        latin = [word for word in LATIN.findall(plain) if word not in PROPER_NAMES]
        if latin and not KHMER.search(text):
            yield f"“{text}” holds no Khmer letter"
        if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(original)):
            yield f"the placeholders differ: {PLACEHOLDER.findall(original)} and {PLACEHOLDER.findall(text)}"
        if re.findall(r"%[sd]", original) != re.findall(r"%[sd]", text):
            yield "unnamed placeholders must stay in order"
        if sorted(TAG.findall(original)) != sorted(TAG.findall(text)):
            yield "the HTML tags differ"
        if BAD_SIGNS.search(text):
            yield "it holds an invisible sign in a wrong place"
        if original.startswith("\n") != text.startswith("\n") or original.endswith("\n") != text.endswith(
            "\n"
        ):
            yield "one begins or ends with a line break, the other does not"
