"""Acts of weight ask for the password again (accounts/stepup.py): these, and no others unseen."""

import pytest
from django.urls import URLPattern, get_resolver

from .urls_fresh import FRESH

READS = ("GET", "HEAD", "POST")


def views(resolver=None, prefix=""):
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLPattern):
            yield f"{prefix}{one.name}", one.callback
        else:
            yield from views(one, f"{prefix}{one.namespace}:" if one.namespace else prefix)


@pytest.mark.asvs("7.5.1", "7.5.3")
def test_every_act_of_weight_asks_for_the_password_again():
    found = {name: view.asks_again for name, view in views() if hasattr(view, "asks_again")}
    wanted = {name: ("POST",) if when == "SENT" else READS for name, when in FRESH.items()}
    assert found == wanted, "Say in tests/contracts/urls_fresh.py which acts ask for the password again."
