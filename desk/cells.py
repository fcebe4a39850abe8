"""Cells that a spreadsheet would run, found in a block of rows at once.

A spreadsheet takes what begins with = + - @ for a formula, also after spaces and in full-width signs. Asking every
cell costs more than reading the rows. So a block of a thousand rows is looked at as bytes: its signs are told apart
in a few classes, and two neighbours that might begin a formula send the block to be read cell by cell. Nearly none is.
"""

import re

#: Between cells while rows are on their way into a workbook.
UNIT = b"\x1f"
FORMULA = re.compile(r"[\s\u00a0\u3000\u200b]*[=+@\-\uff1d\uff0b\uff20\uff0d|%]|[\t\r\n]")
#: Signs that XML does not know; a workbook that holds one does not open.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

# Classes: D before a cell, S space, F what may begin a formula (also the first byte of the spaces and signs beyond
# ASCII), Z the first byte of the spaces and marks of which only those before a cell count.
_CLASSES = bytearray(b"." * 256)
for _signs, _class in (
    (b',"\n' + UNIT, b"D"),
    (b" ", b"S"),
    (b"=+-@|%\t\r\x0b\x0c\xc2\xe3\xef", b"F"),
    (b"\xe2", b"Z"),
):
    for _sign in _signs:
        _CLASSES[_sign] = _class[0]
_TABLE = bytes(_CLASSES)


def is_harmless(block: bytes) -> bool:
    """True where no cell of these rows can begin like a formula; False where each has to be looked at."""
    classes = block.translate(_TABLE)
    return not (
        b"DF" in classes
        or b"SF" in classes
        or b"DZ" in classes
        or b',"\n' in block  # a cell that begins with a new line
    )


def as_text(cell: str) -> str:
    """With a single quote where a spreadsheet would take it for a formula."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def for_xml(cell: str) -> str:
    return _NOT_IN_XML.sub("", cell)
