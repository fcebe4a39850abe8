"""Makes the binary catalogues that gettext reads (django.mo) out of the text ones that people edit.

Only the standard library: the launcher calls this on a bare machine, without GNU gettext.
Every .po in a folder goes into one django.mo: `django.po` holds the words of this project and is
kept by makemessages, the others (`packages.po`) hold those of the packages underneath, which
makemessages would throw out because it does not find them in our source. django.po wins.
"""

import ast
import os
import struct
import sys
from dataclasses import dataclass, field
from pathlib import Path

LOCALE = Path(__file__).resolve().parents[2] / "locale"
FIRST = "django.po"
KEYWORDS = ("msgctxt", "msgid_plural", "msgid", "msgstr")


class Unreadable(Exception):
    """A line that no catalogue has; the text names file and line."""


@dataclass
class Message:
    msgid: str = ""
    msgctxt: str | None = None
    msgid_plural: str | None = None
    msgstr: dict[int, str] = field(default_factory=dict)
    fuzzy: bool = False

    @property
    def key(self) -> str:
        # \4 between context and text is how .mo files say "context".
        return self.msgid if self.msgctxt is None else f"{self.msgctxt}\4{self.msgid}"

    @property
    def complete(self) -> bool:
        # The header (an empty msgid) names the encoding: it counts even when makemessages doubts it.
        return bool(self.msgstr) and all(self.msgstr.values()) and (not self.fuzzy or not self.key)

    def add(self, keyword: str, index: int, text: str) -> None:
        if keyword == "msgstr":
            self.msgstr[index] = self.msgstr.get(index, "") + text
        else:
            setattr(self, keyword, (getattr(self, keyword) or "") + text)


def read(path: Path) -> list[Message]:
    """The messages of one .po file, its header first; retired ones (#~) are left out."""
    messages: list[Message] = []
    message, keyword, index = Message(), "", 0
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            if message.msgstr:
                messages.append(message)
                message, keyword = Message(), ""
            message.fuzzy |= line.startswith("#,") and "fuzzy" in line
            # A retired message ends here, its flags must not pass to the next one.
            if line.startswith("#~"):
                message.fuzzy = False
            continue
        if not line.startswith('"'):
            word, _, text = line.partition(" ")
            word, _, bracket = word.partition("[")
            if word not in KEYWORDS:
                raise Unreadable(f"{path}:{number}: {word!r} does not belong into a catalogue")
            if message.msgstr and word != "msgstr":
                messages.append(message)
                message = Message()
            keyword, index = word, int(bracket.rstrip("]") or 0)
        else:
            text = line
        try:
            message.add(keyword, index, ast.literal_eval(text.strip()))
        except (SyntaxError, ValueError, TypeError, AttributeError) as problem:
            raise Unreadable(f"{path}:{number}: this line cannot be read: {line}") from problem
    return [*messages, message] if message.msgstr else messages


def binary(messages: list[Message]) -> bytes:
    """The .mo form: a table of lengths and offsets, originals in order of their bytes, then the texts."""
    pairs: dict[bytes, bytes] = {}
    for message in messages:
        if not message.complete:
            continue
        key = message.key
        if message.msgid_plural is not None:
            key += "\0" + message.msgid_plural
        value = "\0".join(text for _, text in sorted(message.msgstr.items()))
        pairs.setdefault(key.encode(), value.encode())
    keys = sorted(pairs)
    offset = 28 + 16 * len(keys)
    tables: list[bytes] = []
    texts = b""
    for column in (keys, [pairs[key] for key in keys]):
        for text in column:
            tables.append(struct.pack("<II", len(text), offset + len(texts)))
            texts += text + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, offset)
    return head + b"".join(tables) + texts


def compile_folder(folder: Path) -> Path:
    """django.mo of one LC_MESSAGES folder. Written beside and moved, so no process reads half a file."""
    sources = sorted(folder.glob("*.po"), key=lambda path: (path.name != FIRST, path.name))
    content = binary([message for path in sources for message in read(path)])
    target = folder / "django.mo"
    if not target.exists() or target.read_bytes() != content:
        beside = target.with_name(f".django.mo.{os.getpid()}")
        beside.write_bytes(content)
        beside.replace(target)
    return target


def compile_all(locale: Path = LOCALE) -> list[Path]:
    """Every language below `locale`. Safe to call at each start: an unchanged file is left alone."""
    return [compile_folder(folder) for folder in sorted(locale.glob("*/LC_MESSAGES"))]


if __name__ == "__main__":
    try:
        for made in compile_all():
            print(made)
    except Unreadable as unreadable:
        sys.exit(str(unreadable))
