"""Words in a register that no list knows, with how often each stands there: asked once, not found row by row."""

from collections import Counter

from ..models import Register
from .columns import BY_NAME, LISTED, plain
from .plan import Plan, all_lines
from .values import Places, is_formula_error, several, words_of

#: More different words than this are not matched by hand: the column is probably another one.
MOST_WORDS, MOST_PLACES = 40, 15
LONGEST = 80

#: {column: {word as compared: (as written, how often)}}
Written = dict[str, dict[str, tuple[str, int]]]


def words_in(register: Register, plan: Plan) -> Written:
    """Every word of the listed columns that nobody knows yet."""
    names = {name: at for at, name in plan.columns.items() if BY_NAME[name].kind in LISTED}
    known = {name: words_of(name) for name in names if BY_NAME[name].kind != "PLACE"}
    places = Places.read()
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    for line in all_lines(register, plan):
        for name, at in names.items():
            if text := line.cell(at).strip():
                counts[name][text] += 1
    found: Written = {}
    for name, texts in counts.items():
        for text, number in texts.items():
            for word in _not_known(name, text, known.get(name), places):
                as_written, before = found.setdefault(name, {}).get(plain(word), (word, 0))
                found[name][plain(word)] = (as_written, before + number)
    return found


def _not_known(name: str, text: str, words: dict[str, str] | None, places: Places) -> list[str]:
    if is_formula_error(text) or not plain(text):
        return []
    if words is None:
        return [] if _is_place(name, text, places) else [text]
    if plain(text) in words:
        return []
    parts = several(text) if BY_NAME[name].kind == "CODES" else [text]
    return [part for part in parts if plain(part) and plain(part) not in words]


def _is_place(name: str, text: str, places: Places) -> bool:
    """Anywhere in the country: whether it lies where the row says is a question of the row."""
    if name.endswith("province"):
        return bool(places.province(text))
    return bool(places.place("COMMUNE" if name == "commune" else "DISTRICT", text, ""))


def most(name: str, words: dict[str, tuple[str, int]], matched: dict[str, str]) -> list[list[object]]:
    """The most frequent of them that nobody has matched, to be asked: [as written, how often]."""
    rest = sorted((-number, text) for key, (text, number) in words.items() if key not in matched)
    limit = MOST_PLACES if BY_NAME[name].kind == "PLACE" else MOST_WORDS
    return [[text[:LONGEST], -number] for number, text in rest[:limit] if len(text) <= LONGEST]
