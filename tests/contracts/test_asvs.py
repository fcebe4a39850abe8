"""What is said of OWASP ASVS is true: marks name ids of tests/asvs.csv, and each id is proven or explained."""

import ast

from tests.asvs import requirements, told

from .source import ROOT, Module, dotted, none


def marked():
    """(where, id) of every mark in the suite."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        module = Module(path)
        for node in module.nodes:
            if isinstance(node, ast.Call) and dotted(node.func).endswith("mark.asvs"):
                yield from ((f"{module.name}:{node.lineno}", ast.literal_eval(one)) for one in node.args)


def test_every_mark_names_an_id_of_the_list():
    known, found = requirements(), list(marked())
    assert found
    none([f"{where}: {one} is not in tests/asvs.csv." for where, one in found if one not in known])
    none([f"{where}: {one} does not apply here, says the list." for where, one in found
          if one in known and known[one].why_not])  # fmt: skip


def test_every_id_is_proven_or_explained():
    proven = {one for _where, one in marked()}
    for one in requirements().values():
        assert one.level in {"1", "2", "3"}
        assert one.applies == "yes" or one.why_not or one.missing, one.id
        assert not (one.missing and one.id in proven), f"{one.id} is proven: take “not yet” out of the list."
    bare = [one for one in requirements().values() if not (one.id in proven or one.why_not or one.missing)]
    none([f"{one.id} {one.says} No test carries it." for one in bare])


def test_the_report_counts_what_applies():
    known = {one: requirements()[one] for one in ("8.2.2", "8.2.3", "5.2.6")}
    lines = list(told(known, {"8.2.2": {"tests/x.py::test_it"}, "0.0.0": {"tests/x.py::test_it"}}))
    assert lines[-1] == "covered: 1 uncovered: 1"
    assert any("5.2.6 does not apply here" in line for line in lines)
    assert any("0.0.0 stands in a mark" in line for line in lines)
