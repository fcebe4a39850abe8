"""A review of an emergency opening is due like everything else."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0004_what_was_due_stays"),
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
                ],
                max_length=8,
                verbose_name="Of what",
            ),
        ),
    ]
