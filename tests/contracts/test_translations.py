"""Whoever opens Karpea in Khmer reads Khmer: our own strings, the packages' messages, dates and figures."""

import ast
import datetime as dt
import gettext
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import allauth
import django
import pytest
import rest_framework
from django.template.base import Lexer, TokenType
from django.utils import formats, translation

from config import translations
from config.local import catalogues

# Texts that stand bare in templates on purpose: names, and what is the same in every language.
BARE_ALLOWED = {"Karpea", "PDF", "CSV", "XLSX", "UTC"}
READ_ALOUD = {"alt", "aria-label", "aria-description", "placeholder", "title", "content-label"}
SILENT = {"script", "style", "template"}

# Where the messages come from that people of ours meet, and those that none of them can meet.
PACKAGES = [
    (
        Path(django.__file__).parent,
        [
            "contrib/auth/base_user.py",
            "contrib/auth/password_validation.py",
            "contrib/auth/validators.py",
            "contrib/postgres/fields/array.py",
            "contrib/postgres/forms/*.py",
            "contrib/postgres/validators.py",
            "core/paginator.py",
            "core/validators.py",
            "db/models/*.py",
            "db/models/fields/*.py",
            "forms/*.py",
            "template/defaultfilters.py",
            "utils/dateformat.py",
            "utils/dates.py",
            "utils/ipv6.py",
            "utils/text.py",
            "utils/timesince.py",
            "views/csrf.py",
        ],
    ),
    (
        Path(allauth.__file__).parent,
        ["account/*.py", "templates/account/**/*.html", "templates/account/**/*.txt"],
    ),
    (Path(rest_framework.__file__).parent, ["*.py"]),
]
NEVER_MET = {
    "%(from)s-%(to)s relationship",
    "%(from)s-%(to)s relationships",
    "Could not load JSON data.",
    "Field of type: %(field_type)s",
    "Input must be a JSON dictionary.",
    "String (unlimited)",
    "String (up to %(max_length)s)",
}


def package_messages():
    for root, patterns in PACKAGES:
        for pattern in patterns:
            for path in sorted(root.glob(pattern)):
                if path.suffix == ".py":
                    yield from translations.said_in_python(path)
                else:
                    yield from translations.said_in_template(path)


def names_a_column_type(one):
    """The names of field types ("Boolean (Either True or False)") are for pages of developers."""
    line = one.path.read_text().splitlines()[one.line - 1] if one.path.suffix == ".py" else ""
    return "description =" in line


def listed(problems):
    return "\n" + "\n".join(problems)


def test_every_string_of_ours_has_its_khmer():
    problems = translations.owed(translations.everything_said(), translations.catalogue())
    assert not problems, listed(problems)


def test_every_message_of_the_packages_has_its_khmer():
    met = [
        one
        for one in package_messages()
        # A package may compute a string; only makemessages of our own source cares.
        if one.msgid and one.msgid not in NEVER_MET and not names_a_column_type(one)
    ]
    assert len(met) > 300
    problems = translations.owed(met, translations.catalogue())
    assert not problems, listed(problem.replace("django.po", "packages.po") for problem in problems)


def test_khmer_texts_are_whole():
    problems = [
        f"{path.name}: “{message.msgid}”: {problem}"
        for path in sorted(translations.CATALOGUE.glob("*.po"))
        for message in catalogues.read(path)
        for problem in translations.wrong(message)
    ]
    assert not problems, listed(problems)


# Keywords whose text a person reads, wherever they stand.
SHOWN = {
    "label",
    "help_text",
    "empty_label",
    "verbose_name",
    "verbose_name_plural",
    "violation_error_message",
}
REFUSALS = {"ValidationError", "Refused", "PermissionDenied"}
# Tables that no page draws: keys, counters, idempotency rows, exports built by a worker.
NEVER_DRAWN = {
    "A ready export says how many rows it has.",
    "One count.",
    "One row.",
    "One counter a year.",
    "One key a subject.",
    "This is remembered already.",
    "This part is there already.",
    "This was sent already.",
    # The names of formats, the same in every language.
    "CSV",
    "Excel (XLSX)",
    "OpenDocument (ODS)",
    "a case file: notes and narratives",
    "a document or phone number",
    "a member of staff: private drafts",
    "a monthly table: its remarks",
    "a draft that can go to a colleague",
    "an exclusion from a case file: why",
    "a referral: its packet",
    "a whole name",
    "one word of a name",
    "the person of a case file: identity",
}


def bare_in_python(path):
    """Strings at places that people read, without gettext. Migrations repeat the models: left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        shown = []
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
            shown = [keyword.value for keyword in node.keywords if keyword.arg in SHOWN]
            shown += node.args[:1] if name in REFUSALS else []
        elif isinstance(node, ast.ClassDef) and any(
            ast.unparse(base).endswith("Choices") for base in node.bases
        ):
            shown = [
                one.value.elts[-1] for one in node.body if isinstance(getattr(one, "value", None), ast.Tuple)
            ]
        for value in shown:
            text = getattr(value, "value", "") if isinstance(value, ast.Constant) else None
            bare = isinstance(text, str) and text and text not in NEVER_DRAWN
            if bare or isinstance(value, ast.JoinedStr):
                where = path.relative_to(translations.ROOT)
                yield f"{where}:{value.lineno}: “{ast.unparse(value)}” is read by people: put it into gettext"


def test_python_holds_no_bare_words():
    problems = [
        problem
        for path in translations.python_files()
        if "migrations" not in path.parts
        for problem in bare_in_python(path)
    ]
    assert not problems, listed(problems)


def test_templates_hold_no_bare_words():
    problems = [problem for path in translations.template_files() for problem in bare_words(path)]
    assert not problems, listed(problems)


class Words(HTMLParser):
    """What a person reads or hears of a page, outside {% translate %}."""

    def __init__(self):
        super().__init__()
        self.found, self.silent, self.own_language = [], 0, []

    def handle_starttag(self, tag, attributes):
        attributes = {name: value or "" for name, value in attributes}
        self.silent += tag in SILENT
        # <span lang="en">, or a whole page: this text is meant to stay in its language.
        if attributes.get("lang", "").strip():
            self.own_language.append(tag)
        spoken = [attributes.get(name, "") for name in READ_ALOUD]
        if tag == "input" and attributes.get("type") in {"submit", "button"}:
            spoken.append(attributes.get("value", ""))
        for text in spoken:
            self.handle_data(text)

    def handle_endtag(self, tag):
        self.silent -= tag in SILENT
        if self.own_language and self.own_language[-1] == tag:
            self.own_language.pop()

    def handle_data(self, text):
        if self.silent or self.own_language:
            return
        line = self.getpos()[0]
        for word in re.findall(r"[A-Za-z\u1780-\u17ff]{2,}", text):
            if word not in BARE_ALLOWED:
                self.found.append((line, word))


def bare_words(path):
    reader = Words()
    reader.feed(without_tags(path.read_text(encoding="utf-8")))
    return [
        f"{path.relative_to(translations.ROOT)}:{line}: “{word}” stands outside translate tags"
        for line, word in reader.found
    ]


def without_tags(source):
    """The text between template tags, without that of {% blocktranslate %} and of the block that names a class."""
    kept, hidden = io.StringIO(), False
    for token in Lexer(source).tokenize():
        words = token.split_contents() if token.token_type == TokenType.BLOCK else [""]
        if words[0] in {"blocktranslate", "blocktrans", "comment"} or words == ["block", "width"]:
            hidden = True
        elif words[0] in {"endblocktranslate", "endblocktrans", "endcomment", "endblock"}:
            hidden = False
        text = token.contents if token.token_type == TokenType.TEXT and not hidden else ""
        # Keep the lines, so that a finding names the right one.
        kept.write(text or "\n" * token.contents.count("\n"))
    text = kept.getvalue()
    # Some files hold nothing but attributes and are included inside of a tag.
    return text if "<" in text or '="' not in text else f"<i {text}>"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Hello {{ name }}</p>", ["Hello"]),
        ("<p>\n{% translate 'Hello' %} (3)</p>", []),
        ("{% blocktranslate %}Hello{% endblocktranslate %}", []),
        ('<a {% if x %}class="on"{% endif %} title="Close">×</a>', ["Close"]),
        ('<span lang="km">ខ្មែរ</span> <b>ខ្មែរ</b>', ["ខ្មែរ"]),
        ("<script>var x</script>{# note #}", []),
        ('data-label="{% translate \'Open\' %}" aria-label="Close"', ["Close"]),
    ],
)
def test_the_search_for_bare_words(source, words):
    reader = Words()
    reader.feed(without_tags(source))
    assert [word for _, word in reader.found] == words


def test_strings_are_found_in_source(tmp_path):
    code = tmp_path / "code.py"
    code.write_text(
        "from django.utils.translation import gettext as _, ngettext\n"
        "from django.utils import translation\n"
        "_('one ' 'text')\nngettext('%(n)s day', '%(n)s days', 2)\ntranslation.pgettext('verb', 'file')\n_(f'{x}')\n"
    )
    page = tmp_path / "page.html"
    page.write_text(
        "{% load i18n %}{% translate 'Save' %}\n{{ _('Later') }}{% translate 'Home' context 'nav' as x %}\n"
        "{% blocktranslate trimmed count n=n %}\n {{ n }} file\n{% plural %}\n {{ n }} files\n{% endblocktranslate %}"
    )
    found = [
        (one.line, one.msgctxt, one.msgid, one.msgid_plural) for one in translations.said_in_python(code)
    ]
    assert sorted(found, key=lambda row: row[0]) == [
        (3, None, "one text", None),
        (4, None, "%(n)s day", "%(n)s days"),
        (5, "verb", "file", None),
        (6, None, None, None),
    ]
    found = [(one.msgctxt, one.msgid, one.msgid_plural) for one in translations.said_in_template(page)]
    assert found == [
        (None, "Save", None),
        (None, "Later", None),
        ("nav", "Home", None),
        (None, "%(n)s file", "%(n)s files"),
    ]


def test_the_compiler_makes_what_gettext_reads(tmp_path):
    (tmp_path / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
        '# note\nmsgid "Save"\nmsgstr "រក្សា"\n"ទុក"\n\n'
        '#, fuzzy\nmsgid "Close"\nmsgstr "បិទ?"\n\n'
        'msgctxt "verb"\nmsgid "file"\nmsgstr "ដាក់"\n\n'
        'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s ថ្ងៃ"\n\n#, fuzzy\n#~ msgid "Old"\n'
        '#~ msgstr "ចាស់"\n'
        '\nmsgid "Last"\nmsgstr "ចុងក្រោយ"\n'
    )
    (tmp_path / "packages.po").write_text('msgid "Save"\nmsgstr "ផ្សេង"\n\nmsgid "Yes"\nmsgstr "បាទ/ចាស"\n')
    target = catalogues.compile_folder(tmp_path)
    words = gettext.GNUTranslations(io.BytesIO(target.read_bytes()))
    assert words.gettext("Save") == "រក្សាទុក"
    assert words.gettext("Yes") == "បាទ/ចាស"
    assert words.gettext("Close") == "Close"
    assert words.gettext("Old") == "Old"
    assert words.gettext("Last") == "ចុងក្រោយ"
    assert words.pgettext("verb", "file") == "ដាក់"
    assert words.ngettext("%(n)s day", "%(n)s days", 1) == "%(n)s ថ្ងៃ"
    made = target.stat().st_mtime_ns
    assert catalogues.compile_folder(tmp_path).stat().st_mtime_ns == made
    (tmp_path / "broken.po").write_text('msgid "a"\nmsgstr "b\n')
    with pytest.raises(catalogues.Unreadable, match=r"broken\.po:2"):
        catalogues.compile_folder(tmp_path)


@pytest.mark.parametrize(
    ("language", "date", "moment", "number"),
    [
        ("km", "ថ្ងៃទី5 ខែមីនា ឆ្នាំ2026", "ថ្ងៃទី5 ខែមីនា ឆ្នាំ2026 ម៉ោង 14:05", "1.234.567,5"),
        ("en", "5 March 2026", "5 March 2026, 14:05", "1,234,567.5"),
    ],
)
def test_dates_and_figures(language, date, moment, number):
    catalogues.compile_all()
    when = dt.datetime(2026, 3, 5, 14, 5)  # noqa: DTZ001 - only written, never compared
    with translation.override(language):
        assert formats.date_format(when) == date
        assert formats.date_format(when, "DATETIME_FORMAT") == moment
        assert formats.number_format(1234567.5, decimal_pos=1, use_l10n=True, force_grouping=True) == number
