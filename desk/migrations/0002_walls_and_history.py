"""The second wall of the desk: everything here belongs to one person."""

from django.db import migrations

from audit.operations import ACTOR, Policies, Sql


def own(column: str) -> str:
    return f"{column}::text = {ACTOR}"


#: What deletes what has had its time (desk/expiry.py) sees that and nothing else.
EXPIRY = f"{ACTOR} = 'system:expiry'"


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_drafts_keys_and_exports"), ("accounts", "0002_walls_and_history")]

    operations = [
        Policies(
            "Draft",
            select=f"{own('owner_id')} OR ({EXPIRY} AND expires_at <= now())",
            # An ended session's text is kept for its owner before they have signed in again (desk/drafts.py).
            insert=f"{own('owner_id')} OR ({ACTOR} = 'system:sign-in' AND kind = 'TYPED')",
            update=own("owner_id"),
            delete=f"{own('owner_id')} OR ({EXPIRY} AND expires_at <= now())",
        ),
        Policies(
            "Once",
            select=f"{own('person_id')} OR ({EXPIRY} AND created_at <= now() - interval '7 days')",
            insert=own("person_id"),
            update=own("person_id"),
            delete=f"{own('person_id')} OR ({EXPIRY} AND created_at <= now() - interval '7 days')",
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
