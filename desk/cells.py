"""Cells that a spreadsheet would run, found in a block of rows at once.

A spreadsheet takes what begins with = + - @ for a formula, also after spaces and in full-width signs. Asking every
cell costs more than reading the rows. So a block of rows is looked at as bytes: its signs are told apart in classes,
and where neighbours might begin a formula, the block is looked at again, exactly. Only rows with such a cell are read
cell by cell.
"""

import re

#: Between cells while rows are on their way into a workbook.
UNIT = b"\x1f"
FORMULA = re.compile(r"[\s\u00a0\u3000]*[=+@\-\uff1d\uff0b\uff20\uff0d|%]|[\t\r\n]")
#: Signs that XML does not know; a workbook that holds one does not open.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

#: The same in bytes: where a cell begins, spaces, and a sign that begins a formula.
_FORMULA_IN = re.compile(
    rb'[,"\n\x1f](?:[ \x0b\x0c\x1c-\x1e]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2(?:\x80[\x80-\x8a\xa8\xa9\xaf]|\x81\x9f)'
    rb"|\xe3\x80\x80)*(?:[=+@\-|%\t\r]|\xef\xbc[\x8b\x8d\x9d\xa0])"
)
_BEFORE, _BEGINS, _LEADS, _SPACE = b"D", b"F", b"L", b"S"
_CLASSES = bytearray(b"." * 256)
for _signs, _class in (
    (b',"\n ' + UNIT, _BEFORE),
    # The last two begin the spaces and signs beyond Latin.
    (b"=+-@|%\t\r\x0b\x0c\xe3\xef", _BEGINS),
    # Two bytes are a space that does not break; the first of them also begins each of the quotation marks of Khmer.
    (b"\xc2", _LEADS),
    (b"\x85\xa0", _SPACE),
):
    for _sign in _signs:
        _CLASSES[_sign] = _class[0]
_TABLE = bytes(_CLASSES)


def is_harmless(block: bytes) -> bool:
    """True where no cell of these rows can begin like a formula; False where each has to be looked at.

    A cell that begins with a new line is not found here: no row with a line break inside is taken for plain.
    """
    # From the right, which is the faster search of the two. What may be one is nearly always a dash between words.
    classes = block.translate(_TABLE)
    if classes.rfind(_BEFORE + _BEGINS) < 0 and classes.rfind(_BEFORE + _LEADS + _SPACE) < 0:
        return True
    return _FORMULA_IN.search(block) is None


def as_text(cell: str) -> str:
    """With a single quote where a spreadsheet would take it for a formula."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def for_xml(cell: str) -> str:
    return _NOT_IN_XML.sub("", cell)
