"""`make sbom`: all parts of the product with version and fingerprint, as CycloneDX 1.6, from the lock files alone.

Nothing is asked of an index. Whoever watches over an installation gives the file to the scanner of their choice.
"""

import base64
import json
import re
import uuid
from typing import Any

from .folders import CLONE

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
Part = dict[str, Any]


def python_parts() -> list[Part]:
    """A pin may stand for several wheels: its fingerprints are told as properties, a component has one file's only."""
    text = (CLONE / "requirements" / "base.txt").read_text()
    starts = [*_PIN.finditer(text)]
    ends = [match.start() for match in starts[1:]] + [len(text)]
    return [
        {
            "type": "library",
            "name": match[1],
            "version": match[2],
            "purl": f"pkg:pypi/{match[1].lower()}@{match[2]}",
            "properties": [
                {"name": "karpea:wheel:sha256", "value": one}
                for one in _HASH.findall(text[match.end() : end])
            ],
        }
        for match, end in zip(starts, ends, strict=True)
    ]


def front_end_parts() -> list[Part]:
    packages = json.loads((CLONE / "static" / "src" / "package-lock.json").read_text())["packages"]
    return [_npm(where.rsplit("node_modules/", 1)[1], told) for where, told in packages.items() if where]


def _npm(name: str, told: dict[str, Any]) -> Part:
    kind, _, digest = told["integrity"].partition("-")
    return {
        "type": "library",
        "name": name,
        "version": told["version"],
        "purl": f"pkg:npm/{name.replace('@', '%40')}@{told['version']}",
        "hashes": [{"alg": kind.upper().replace("SHA", "SHA-"), "content": base64.b64decode(digest).hex()}],
    }


def bill() -> dict[str, Any]:
    """The same lock gives the same file, its serial number too."""
    parts = sorted(python_parts() + front_end_parts(), key=lambda part: part["purl"])
    for part in parts:
        part["bom-ref"] = part["purl"]
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(parts, sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "karpea", "bom-ref": "karpea"}},
        "components": parts,
    }
