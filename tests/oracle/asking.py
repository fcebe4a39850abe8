"""Every way to ask for files, as one person: list, count, file, search, interface for programs, export."""

from django.conf import settings
from django.test import Client
from django.urls import reverse

from audit.context import acting, system
from cases.export import Files
from cases.models import Case
from tests.browsing import mark
from tests.people import read

from .rule import Eye


class Asking:
    """Asks as somebody and compares with the oracle. Needs `land`, `people`, `everything` (files by number), `files`
    (the numbers that are looked at one by one) and `clients`."""

    #: Whether the database itself is asked, past Django's rule.
    behind = True
    #: Whether `everything` holds every file there is.
    counts = True

    def asks(self, name):
        self.land.files = list(self.everything.values())
        eye = Eye(self.land, name)
        here = {number for number in self.files if eye.has(self.everything[number], "SUMMARY")}
        all_of_it = sum(eye.has(file, "SUMMARY") for file in self.land.files)
        told = {number: eye.why(self.everything[number]) for number in self.files}
        client = self.client(name)
        page, api = client.get(reverse("cases:list")), client.get(reverse("api_case_list"))
        assert page.status_code == api.status_code, name
        listed = page.content.decode() if page.status_code == 200 else ""
        assert {one for one in self.files if one in listed} == here, f"list of {name}: {told}"
        programs = {row["number"] for row in api.json().get("results", ())}
        assert programs & set(self.files) == here, f"interface for {name}: {told}"
        if page.status_code == 200 and self.counts:
            assert page.context["page"].total == all_of_it, f"count of {name}"
        for number in self.files[-2:]:
            opened = client.get(reverse("cases:detail", args=[number])).status_code
            assert opened == (200 if number in here else 404), f"file of {name}: {told[number]}"
            found = client.post(reverse("cases:find"), {"question": number})
            assert (number in found.content.decode().split("<main", 1)[-1].replace(f'"{number}"', "")) == (
                number in here
            ), f"search of {name}: {told[number]}"
        self.exports(name, here)

    def exports(self, name, here):
        person = read().__dict__[name]
        open_ones = {number for number in here if not self.everything[number].named}
        with acting(person.as_actor()):
            files = Files({}, person)
            given = {one.number for one in files.files} & set(self.files)
            behind = set(Case.objects.filter(number__in=self.files).values_list("number", flat=True))
        assert given == open_ones, f"export of {name}"
        assert not self.behind or behind == here, f"the second wall for {name}"

    def client(self, name):
        if name not in self.clients:
            self.clients[name] = signed_in(self.people.__dict__[name])
        return self.clients[name]


def signed_in(person):
    client = Client()
    with acting(system("sign-in")):
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return mark(client, person)


def session_of(person):
    """The key of a session of theirs."""
    return signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
