"""Small enough to read: a module has at most 500 lines, a function at most 50."""

import ast

from .source import ROOT, Module, modules, none

LINES, FUNCTION = 500, 50


def everything():
    tests = [Module(p) for p in sorted((ROOT / "tests").rglob("*.py"))]
    return modules() + tests


def test_no_module_is_longer_than_500_lines():
    none(
        [
            f"{module.name} has {count} lines: split it by noun."
            for module in everything()
            if (count := module.text.count("\n")) > LINES
        ]
    )


def test_no_function_is_longer_than_50_lines():
    none(
        [
            f"{module.name}:{node.lineno} {node.name} has {length} lines: give its parts names."
            for module in modules()
            for node in module.nodes
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION
        ]
    )


def test_a_module_says_what_it_is_for():
    none(
        [
            f"{module.name}: begins with a sentence saying what it holds."
            for module in modules()
            if len(module.tree.body) > 3
            and not ast.get_docstring(module.tree)
            and module.path.name not in ("__init__.py", "apps.py", "wsgi.py", "urls.py")
        ]
    )
