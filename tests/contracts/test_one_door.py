"""Each thing is done in one place. What is done twice is done differently one day."""

import ast
import re

import pytest

from .source import LAYERS, dotted, modules, none, templates

#: What draws and asks: it reads through access.py and writes through actions.py.
OUTSIDE = ("views", "api", "forms", "urls", "tasks")
#: Records of a file: asked for through cases.access, never through their managers from outside.
OF_A_FILE = (
    "Case", "Victim", "Identity", "IdentityKey", "Facts", "FactAnswer", "RiskAssessment", "Consent", "Note",
    "CaseScope", "CaseAgencyGrant", "CasePersonGrant", "Referral", "Packet", "Event", "SubjectKey",
)  # fmt: skip


def assigned(node):
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []


#: Another kind of status, with no life of its own: (file, what it is).
NOT_A_STATE = {
    "desk/models.py": "how far an export has come",
    "desk/exports.py": "how far an export has come",
    "desk/actions.py": "how far an export has come",
    "desk/tasks.py": "how far an export has come",
    "desk/middleware.py": "the HTTP status of what was sent once",
    "desk/reminders/sending.py": "how far a message has come",
    "desk/answered.py": "the HTTP status of what was sent once",
}


def test_a_state_is_set_in_lifecycle_alone():
    """`.status =` and `update(status=...)` live in lifecycle.py; only the very first state is given elsewhere."""
    found = []
    for module in modules(*LAYERS):
        if module.path.name == "lifecycle.py" or module.name in NOT_A_STATE:
            continue
        for node in module.nodes:
            hits = [t for t in assigned(node) if isinstance(t, ast.Attribute) and t.attr == "status"]
            if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in ("update", "bulk_update"):
                hits += [k for k in node.keywords if k.arg == "status"]
            found += [
                f"{module.name}:{hit.lineno if hasattr(hit, 'lineno') else node.lineno} sets a status: call the app's "
                f"lifecycle.advance(), which locks and checks."
                for hit in hits
            ]
    none(found)


def test_guardian_is_imported_by_its_guard_alone():
    none(
        [
            f"{module.name}:{line} imports {target}: rights are asked of accounts.guard."
            for module in modules()
            if module.name != "accounts/guard.py"
            for line, target in module.imports()
            if target.split(".")[0] == "guardian"
        ]
    )


def test_the_trail_is_written_by_record_alone():
    """No Event is made or saved, and the definer function is called in one file."""
    found = []
    for module in modules():
        found += [
            f"{module.name}:{node.lineno} writes an Event: call audit.record.record()."
            for node in module.nodes
            if isinstance(node, ast.Call)
            and re.fullmatch(
                r"Event|Event\.objects\.(create|bulk_create|update_or_create|get_or_create)",
                dotted(node.func),
            )
        ]
        if "audit_record(" in module.text and module.name != "audit/record.py":
            found.append(f"{module.name} calls audit_record(): call audit.record.record().")
    none(found)


def test_pages_never_ask_a_manager_of_case_records():
    found = []
    for module in modules(*LAYERS):
        if module.app != "reports" and not module.is_in(*OUTSIDE):
            continue
        found += [
            f"{module.name}:{node.lineno} uses {dotted(node)}: ask {module.app}.access or .queries, which scope it "
            f"to the person."
            for node in module.nodes
            if isinstance(node, ast.Attribute)
            and node.attr in ("objects", "_base_manager", "_default_manager", "history")
            and dotted(node.value).split(".")[-1] in OF_A_FILE
        ]
    none(found)


def test_models_do_nothing_behind_our_back():
    """No signal receivers, no save() or delete() of a model's own."""
    found = []
    for module in modules():
        for node in module.nodes:
            if isinstance(node, ast.FunctionDef):
                marks = [dotted(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list]
                if any(mark.split(".")[-1] == "receiver" for mark in marks):
                    found.append(f"{module.name}:{node.lineno} receives a signal: call it in the action.")
                if node.name in ("save", "delete") and module.is_in("models"):
                    found.append(f"{module.name}:{node.lineno} overrides {node.name}(): do it in the action.")
            if isinstance(node, ast.Call) and re.search(
                r"(pre|post)_(save|delete|init)\.connect", dotted(node.func)
            ):
                found.append(f"{module.name}:{node.lineno} connects a signal: call it in the action.")
    none(found)


def test_forms_and_serializers_never_save():
    """They translate and validate; one action writes."""
    found = []
    for module in modules(*LAYERS):
        for node in module.nodes:
            if isinstance(node, ast.Call) and re.search(
                r"(form|serializer)\w*(\(\))?\.save$", dotted(node.func), re.IGNORECASE
            ):
                found.append(
                    f"{module.name}:{node.lineno} saves a form: call an action with its cleaned data."
                )
            if (
                isinstance(node, ast.ClassDef)
                and any(re.search(r"(Model)?(Form|Serializer)$", dotted(base)) for base in node.bases)
                and any(
                    isinstance(f, ast.FunctionDef) and f.name in ("save", "create", "update")
                    for f in node.body
                )
            ):
                found.append(f"{module.name}:{node.lineno} {node.name} can save: leave that to an action.")
            if isinstance(node, ast.ClassDef) and any(
                dotted(b).split(".")[-1] == "ModelForm" for b in node.bases
            ):
                found.append(
                    f"{module.name}:{node.lineno} {node.name} is a ModelForm: write a Form, and an action."
                )
    none(found)


@pytest.mark.parametrize("word", ["mark_safe", "SafeString", "autoescape off", "|safe"])
def test_markup_is_never_trusted(word):
    none(
        [
            f"{module.name} uses {word}: build markup in templates or with format_html."
            for module in modules()
            if word in module.text
        ]
        + [
            f"{path.name} uses {word}: text of people is always escaped."
            for path in templates()
            if word in path.read_text()
        ]
    )


def test_the_actor_is_told_to_the_database_in_one_place():
    none(
        [
            f"{module.name} calls begin_actor: use `with acting(...)` of audit/context.py."
            for module in modules()
            if module.name != "audit/context.py"
            and "begin_actor(" in module.text
            and "operations" not in module.name
        ]
    )


@pytest.mark.asvs("8.4.2")
def test_no_admin_site():
    none(
        [
            f"{module.name}:{line} imports {target}: the admin is a second door."
            for module in modules()
            for line, target in module.imports()
            if target.startswith("django.contrib.admin")
        ]
    )
