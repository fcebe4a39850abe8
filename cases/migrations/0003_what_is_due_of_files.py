"""Who sees and sets what is due of a file: those in its scope."""

from django.db import migrations

from accounts.sections import Section
from audit.operations import Policies
from cases.rules import in_scope

FILE = "desk_due.case_id"
OF_FILE = "desk_due.kind = 'CASE' AND desk_due.thing_id = desk_due.case_id"
SEES = f"({OF_FILE} AND {in_scope(FILE, Section.SUMMARY)}) OR (kind = 'REFERRAL' AND {in_scope(FILE, Section.REFERRALS)})"
WORKS = (
    f"({OF_FILE} AND {in_scope(FILE, Section.WORK)}) "
    f"OR (kind = 'REFERRAL' AND {in_scope(FILE, Section.WORK, Section.REFERRALS)})"
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_walls_and_history"), ("desk", "0003_due_rows_and_notices")]

    operations = [Policies("table:desk_due", name="files", select=SEES, insert=WORKS, update=WORKS)]
