"""How the tests of the intake type: a draft begun, pages sent, the address of its check."""

from django.urls import reverse

ENOUGH = {
    "officials": {"official_involved": "NO"},
    "report": {"channel": "HOTLINE_117", "province": "1"},
    "person": {"alias": "កាបូបខៀវ"},
}


def start(client):
    """The address of a new draft's first page."""
    return client.post(reverse("cases:start"))["Location"]


def send(client, address, pages):
    for name, fields in pages.items():
        client.post(f"{address.rsplit('/', 2)[0]}/{name}/", fields)
    return f"{address.rsplit('/', 2)[0]}/check/"
