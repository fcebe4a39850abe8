"""Closed in the whole source: weak ciphers, objects from outside, templates from text, copies of pages."""

import base64
import json
import re

import pytest
from django.conf import settings

from .source import ROOT, modules, none


def uses(pattern):
    return [
        f"{module.name}:{module.text[: match.start()].count(chr(10)) + 1} {match[0]}"
        for module in modules(migrations=True)
        for match in re.finditer(pattern, module.text)
    ]


@pytest.mark.asvs("11.2.3", "11.3.1", "11.3.2")
def test_one_cipher_seals_with_one_length_of_key():
    """SHA-1 stands in the standard of codes from apps, and in the published lists of stolen passwords, where nothing
    rests on collisions."""
    ciphers = uses(r"cryptography\.hazmat\S* import \w+")
    allowed = ("AESGCM", "HOTP")
    none([one for one in ciphers if not one.endswith(allowed) and "accounts/factors.py" not in one])
    assert sum(one.endswith("AESGCM") for one in ciphers) >= 2
    weak = uses(r"hashlib\.(?:md5|sha1|new)\b|\bECB\b|\bCBC\b|\bARC4\b|TripleDES|Blowfish|Fernet")
    none([one for one in weak if "accounts/breached.py" not in one])
    none([one for one in uses(r"AESGCM\.generate_key\(.*?\)") if not one.endswith("generate_key(256)")])
    assert {len(key) for key in settings.VAULT_KEYS.values()} == {44}, "32 bytes in base64"


@pytest.mark.asvs("1.5.2")
def test_nothing_from_outside_becomes_an_object():
    none(uses(r"\b(?:import|from) (?:pickle|shelve|marshal|dill|yaml)\b|\byaml\.load\b|\beval\(|\bexec\("))
    assert settings.SESSION_SERIALIZER == "django.contrib.sessions.serializers.JSONSerializer"


@pytest.mark.asvs("1.3.7")
def test_no_template_is_made_from_text():
    none(uses(r"from_string\(|\bTemplate\(|render_to_string\(f?[\"'].*\{"))


@pytest.mark.asvs("14.2.2")
def test_no_answer_is_kept_on_the_server():
    none(uses(r"django\.core\.cache|cache_page|cached_property_on_disk"))
    assert not [name for name in settings.MIDDLEWARE if "cache" in name.lower()]


@pytest.mark.asvs("14.3.3")
def test_scripts_keep_nothing_in_the_browser():
    found = [
        f"{path.name}: {match[0]}"
        for path in sorted((ROOT / "static/src/js").glob("*.js"))
        for match in re.finditer(
            r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.", path.read_text()
        )
    ]
    none(found)


@pytest.mark.asvs("6.3.6")
def test_mail_is_no_factor():
    from accounts.models import Factor

    assert set(Factor.Kind.values) == {"APP", "KEY", "SHEET"}
    none(uses(r"account_email|PasswordReset\w*View|LOGIN_BY_CODE"))


@pytest.mark.asvs("7.2.3", "11.5.1")
def test_tokens_and_keys_of_sessions_have_enough_random_bits():
    from django.contrib.sessions.backends.base import VALID_KEY_CHARS

    from accounts import tokens

    made = {tokens.make() for _time in range(100)}
    assert len(made) == 100
    assert {len(base64.urlsafe_b64decode(one.removeprefix(tokens.MARK) + "=")) for one in made} == {32}
    keys = {_session_key() for _time in range(100)}
    assert len(keys) == 100
    assert {len(key) for key in keys} == {32}
    assert len(VALID_KEY_CHARS) ** 32 > 2**128


def _session_key():
    from django.contrib.sessions.backends.cache import (
        SessionStore as InMemory,  # the base of all asks its own store
    )

    store = InMemory()
    store.exists = lambda key: False
    return store._get_new_session_key()


@pytest.mark.asvs("15.1.2")
def test_the_bill_of_parts_is_the_lock():
    from config.local import sbom

    told = sbom.bill()
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    pins = set(
        re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "requirements/base.txt").read_text(), re.MULTILINE)
    )
    parts = {(part["name"], part["version"]): part for part in told["components"]}
    assert pins <= set(parts)
    locked = json.loads((ROOT / "static/src/package-lock.json").read_text())["packages"]
    assert len(parts) == len(pins) + len(
        {(k.rsplit("node_modules/", 1)[1], v["version"]) for k, v in locked.items() if k}
    )
    for part in told["components"]:
        assert part["bom-ref"] == part["purl"]
        assert part.get("hashes") or part["properties"], part["name"]
    assert told == sbom.bill()
