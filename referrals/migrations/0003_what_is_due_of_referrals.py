"""The receiving agency sees the answer that it owes, and ends it by answering."""

from django.db import migrations

from audit.operations import Policies
from cases.rules import AGENCIES, not_barred

RECEIVED = (
    f"desk_due.kind = 'REFERRAL' AND {not_barred('desk_due.case_id')} AND EXISTS (SELECT 1 FROM referrals_referral r WHERE r.id = desk_due.thing_id "
    f"AND r.to_agency_id = ANY({AGENCIES}) AND r.sent_at IS NOT NULL OFFSET 0)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0002_walls_and_history"),
        ("cases", "0003_what_is_due_of_files"),
        ("desk", "0003_due_rows_and_notices"),
    ]

    operations = [Policies("table:desk_due", name="referrals", select=RECEIVED, update=RECEIVED)]
