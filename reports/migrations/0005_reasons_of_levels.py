"""Levels of disclosure are edited on a page: each change has a reason, told by history too."""

from django.db import migrations, models

from audit.operations import WidenHistory

FIELD = models.CharField(blank=True, default="", max_length=300, verbose_name="Reason")


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_overdue_steps_and_closures")]

    operations = [
        migrations.AddField("ReleaseLevel", "reason", FIELD),
        migrations.AddField("HistoricalReleaseLevel", "reason", FIELD.clone()),
        migrations.AddConstraint(
            "ReleaseLevel",
            models.CheckConstraint(
                condition=models.Q(confirmed=False) | ~models.Q(reason=""),
                name="confirmed_level_says_why",
                violation_error_message="Write on which decision a confirmed level rests.",
            ),
        ),
        migrations.AddConstraint(
            "ReleaseLevel",
            models.CheckConstraint(
                condition=models.Q(smallest__gte=1, rounding__gte=1),
                name="level_counts_from_one",
                violation_error_message="Write a number from 1 on.",
            ),
        ),
        WidenHistory("ReleaseLevel", added=["reason"], layout=2),
    ]
