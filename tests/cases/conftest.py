"""Who the tests of files begin with."""

import pytest
from django.urls import reverse


@pytest.fixture
def officer(people, client_of):
    """A signed-in officer who has searched."""
    client = client_of(people.officer_bmc)
    client.post(reverse("cases:find"), {"question": "សុខ ស្រីមុំ"})
    return client
