"""Everything that can be done is a function of an actions.py, and all are shaped alike.

Keyword-only; `by` says who; one transaction; annotated, so that mypy can hold the callers.
"""

import ast

import pytest

from .source import dotted, modules, none

ACTIONS = [
    (module, node)
    for module in modules()
    if module.path.stem == "actions" or "actions" in module.path.parts
    for node in module.tree.body
    if isinstance(node, ast.FunctionDef) and not node.name.startswith(("_", "check_"))
]


def test_there_are_actions():
    assert {"cases/actions.py"} <= {module.name for module, _node in ACTIONS}


@pytest.mark.parametrize(("module", "node"), ACTIONS, ids=lambda v: getattr(v, "name", ""))
def test_an_action_is_shaped_like_every_other(module, node):
    where = f"{module.name}:{node.lineno} {node.name}"
    marks = [dotted(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list]
    arguments = node.args
    found = []
    if arguments.args or arguments.posonlyargs or arguments.vararg:
        found.append(f"{where}: every argument is keyword-only, begin with `*`.")
    if "by" not in [a.arg for a in arguments.kwonlyargs]:
        found.append(f"{where}: takes `by`, who does it.")
    if "transaction.atomic" not in marks:
        found.append(f"{where}: stands under @transaction.atomic, so that it happens whole with its event.")
    if node.returns is None or any(a.annotation is None for a in arguments.kwonlyargs):
        found.append(f"{where}: annotates its arguments and what it returns.")
    if "**" in ast.unparse(arguments):
        found.append(f"{where}: names its arguments, no **kwargs.")
    none(found)


@pytest.mark.parametrize(("module", "node"), ACTIONS, ids=lambda v: getattr(v, "name", ""))
def test_an_action_writes_an_event(module, node):
    """Itself, or by the functions of its own file that it calls."""
    functions = {n.name: n for n in module.tree.body if isinstance(n, ast.FunctionDef)}
    todo, seen, calls = [node], set(), set()
    while todo:
        here = todo.pop()
        for call in ast.walk(here):
            if isinstance(call, ast.Call):
                name = dotted(call.func)
                calls.add(name.split(".")[-1])
                if name in functions and name not in seen:
                    seen.add(name)
                    todo.append(functions[name])
    none(
        []
        if calls & {"record", "record_many", "_record", "grant", "revoke", "open_case"}
        else [
            f"{module.name}:{node.lineno} {node.name} leaves nothing on the trail: call audit.record.record()."
        ]
    )
