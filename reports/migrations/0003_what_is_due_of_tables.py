"""Who sees and sets what is due of a monthly table: those who see it, its department, and its maker."""

from django.db import migrations

from audit.operations import ACTOR, Policies
from cases.rules import AGENCIES

SEES = "desk_due.kind = 'REPORT' AND EXISTS (SELECT 1 FROM reports_monthlytable t WHERE t.id = desk_due.thing_id OFFSET 0)"
WORKS = f"desk_due.kind = 'REPORT' AND (desk_due.agency_id = ANY({AGENCIES}) OR {ACTOR} = 'system:report')"


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_walls_and_history"), ("desk", "0003_due_rows_and_notices")]

    operations = [Policies("table:desk_due", name="reports", select=SEES, insert=WORKS, update=WORKS)]
