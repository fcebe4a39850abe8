"""The second wall of the desk: everything here belongs to one person."""

from django.db import migrations

from audit.operations import ACTOR, Policies, Sql


def own(column: str) -> str:
    return f"{column}::text = {ACTOR}"


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_drafts_keys_and_exports"), ("accounts", "0002_walls_and_history")]

    operations = [
        Policies(
            "Draft",
            select=own("owner_id"),
            # An ended session's text is kept for its owner before they have signed in again (desk/drafts.py).
            insert=f"{own('owner_id')} OR ({ACTOR} = 'system:sign-in' AND kind = 'TYPED')",
            update=own("owner_id"),
            delete=own("owner_id"),
        ),
        Policies(
            "Once",
            select=own("person_id"),
            insert=own("person_id"),
            update=own("person_id"),
            delete=own("person_id"),
        ),
        Policies(
            "Export",
            # The worker finds what waits before it acts as the maker.
            select=f"{own('maker_id')} OR {ACTOR} = 'system:export'",
            insert=own("maker_id"),
            update=f"{own('maker_id')} OR {ACTOR} = 'system:export'",
        ),
        Sql(["REVOKE DELETE ON desk_export FROM karpea_web, karpea_worker"]),
    ]
