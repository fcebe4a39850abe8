"""What stands in each address: the records of tests/world.py by the names that the table of urls uses."""

import uuid

from django.urls import URLPattern, get_resolver, reverse


def patterns(resolver=None, prefix=""):
    """The full name of every pattern of the site."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLPattern):
            yield f"{prefix}{one.name}"
        else:
            yield from patterns(one, f"{prefix}{one.namespace}:" if one.namespace else prefix)


def records(world, event_id):
    """{name in the table: what stands in the address}."""
    return {
        "officer": world.people.officer_bmc.pk,
        "colleague": world.people.officer_btb.pk,
        "keeper": world.people.administrator.pk,
        "nobody": uuid.uuid4(),
        "factor": world.factor.pk,
        "sitting": world.sitting.pk,
        "post": world.post.pk,
        "head": world.people.head_bmc.pk,
        "head_post": world.head_post.pk,
        "stand_in": world.stand_in.pk,
        "agency": world.post.agency_id,
        "right": world.right.pk,
        "own_right": world.own_right.pk,
        "rule": world.rule.pk,
        "level": "P1",
        "code": world.code.pk,
        "own": world.own.number,
        "hidden": world.hidden.number,
        "other": world.other.number,
        "ngo": world.ngo.number,
        "police": world.police.number,
        "missing": "BMC-2026-99999-9",
        "exclusion": world.exclusion.pk,
        "at_desk": world.at_desk.pk,
        "draft": world.draft.pk,
        "accepted": world.accepted.pk,
        "sent": world.sent.pk,
        "asked": world.asked.pk,
        "returned": world.returned.pk,
        "secret": world.secret.pk,
        "export": world.export.pk,
        "event": event_id,
        "signed": world.signed.pk,
        "prepared": world.prepared.pk,
        "table": world.table.pk,
        "elsewhere": world.elsewhere.pk,
        "policy": world.policy.pk,
        "holiday": world.holiday.pk,
        "token": world.token.pk,
        "offered": world.offered.pk,
        "register": world.register.pk,
        "glass": world.glass.pk,
    }


def address(row, known):
    return reverse(row.view, kwargs={name: known.get(value, value) for name, value in row.args.items()})
