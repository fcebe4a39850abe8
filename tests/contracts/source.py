"""The project's own source, read once, for the contracts that hold its shape."""

import ast
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: From the top down: each may import those to its right, never one to its left. `config` is imported by nobody.
LAYERS = ("reports", "referrals", "cases", "desk", "accounts", "audit")
APPS = (*LAYERS, "config")


@dataclass(frozen=True)
class Module:
    path: Path

    @property
    def name(self) -> str:
        """As a reader finds it: "cases/actions.py"."""
        return str(self.path.relative_to(ROOT))

    @property
    def app(self) -> str:
        return self.name.split("/")[0]

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def nodes(self):
        return ast.walk(self.tree)

    def is_in(self, *parts: str) -> bool:
        return bool(set(parts) & {*self.path.relative_to(ROOT).parts, self.path.stem})

    def imports(self):
        """(line, "package.module" or "package.module.name") of every absolute import."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def modules(*apps: str, migrations: bool = False) -> list[Module]:
    """Every Python file of the given apps (all of them when none is named), without migrations."""
    found = [p for app in apps or APPS for p in sorted((ROOT / app).rglob("*.py"))]
    return [Module(p) for p in found if migrations or "migrations" not in p.parts]


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def dotted(node: ast.AST) -> str:
    """The name a call or attribute is written as: "Case.objects.filter"."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return f"{dotted(node.func)}()"
    return node.id if isinstance(node, ast.Name) else "?"


def none(found: list[str]) -> None:
    """Fail with one sentence a line: which file, and what to do."""
    assert not found, "\n" + "\n".join(found)
