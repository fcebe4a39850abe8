"""Why a file is closed, as a code of the list CLOSURE beside the words; told by history too."""

from django.db import migrations, models

from audit.operations import WidenHistory

FIELD = models.CharField(blank=True, default="", max_length=40, verbose_name="Reason for closing")


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_registers")]

    operations = [
        migrations.AddField("Case", "closure", FIELD),
        migrations.AddField("HistoricalCase", "closure", FIELD.clone()),
        migrations.AddConstraint(
            "Case",
            models.CheckConstraint(
                condition=models.Q(closure="") | models.Q(status__in=["CLOSURE_REVIEW", "CLOSED"]),
                name="closure_of_a_file_that_is_closed",
                violation_error_message="Only a closed file has a reason for closing.",
            ),
        ),
        WidenHistory("Case", added=["closure"], layout=2),
    ]
