"""The description of the interface for programs: whole, in OpenAPI 3.1, and drawn for people."""

import json

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_try(people, client_of):
    d = client_of(people.officer_bmc).get(reverse("api_description")).json()
    for p,ms in d["paths"].items():
        for m,o in ms.items(): print(m,p,o["operationId"], [ (x["name"],x["in"]) for x in o.get("parameters",[])], list(o["responses"]))
    print(list(d["components"]["schemas"]))
    print(json.dumps(d["components"]["schemas"]["PacketBodyRequest"])[:1500])
    print(json.dumps(d["components"]["schemas"]["Case"])[:1500])
    r = client_of(people.officer_bmc).get("/api/v1/")
    print(r.content.decode()[3000:5000])
    assert 0
