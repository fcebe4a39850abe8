"""The head of an office is told that somebody of theirs opened a file in an emergency."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0007_drafts_that_are_handed_over"),
    ]

    operations = [
        migrations.AlterField(
            model_name="deadlinepolicy",
            name="what",
            field=models.CharField(
                choices=[
                    ("CASE", "Case file"),
                    ("REFERRAL", "Answer to a referral"),
                    ("REPORT", "Monthly table"),
                    ("EXCLUDED", "Exclusion from a case file"),
                    ("GLASS", "Emergency opening of a file"),
                    ("OPENED", "Emergency opening by a colleague"),
                ],
                max_length=8,
                verbose_name="Of what",
            ),
        ),
        migrations.AlterField(
            model_name="due",
            name="kind",
            field=models.CharField(
                choices=[
                    ("CASE", "Case file"),
                    ("REFERRAL", "Answer to a referral"),
                    ("REPORT", "Monthly table"),
                    ("EXCLUDED", "Exclusion from a case file"),
                    ("GLASS", "Emergency opening of a file"),
                    ("OPENED", "Emergency opening by a colleague"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="historicaldeadlinepolicy",
            name="what",
            field=models.CharField(
                choices=[
                    ("CASE", "Case file"),
                    ("REFERRAL", "Answer to a referral"),
                    ("REPORT", "Monthly table"),
                    ("EXCLUDED", "Exclusion from a case file"),
                    ("GLASS", "Emergency opening of a file"),
                    ("OPENED", "Emergency opening by a colleague"),
                ],
                max_length=8,
                verbose_name="Of what",
            ),
        ),
    ]
