"""A draft can have a key of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_what_happened_to_an_account")]

    operations = [
        migrations.AlterField(
            "SubjectKey",
            "kind",
            models.CharField(
                choices=[
                    ("STAFF", "a member of staff: private drafts"),
                    ("FILE", "a case file: notes and narratives"),
                    ("PERSON", "the person of a case file: identity"),
                    ("REFERRAL", "a referral: its packet"),
                    ("REPORT", "a monthly table: its remarks"),
                    ("DRAFT", "a draft that can go to a colleague"),
                    ("EXCLUDED", "an exclusion from a case file: why"),
                ],
                max_length=8,
            ),
        ),
    ]
