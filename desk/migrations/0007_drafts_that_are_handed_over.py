"""A draft can go to a colleague whom its writer chose: under a key of its own, by two functions that check who takes it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.operations import ACTOR, Definer, Policies

TODAY = "(now() AT TIME ZONE 'Asia/Phnom_Penh')::date"
# Roles that make case files (desk/heirs.py: OPENERS; a test holds the two equal).
OPENERS = "('PROVINCIAL_OFFICER', 'PROVINCIAL_HEAD', 'POLICE_OFFICER', 'NGO_WORKER')"
KEY = (
    "accounts_subjectkey.kind = 'DRAFT' AND EXISTS (SELECT 1 FROM desk_draft d WHERE d.id = accounts_subjectkey.subject "
    f"AND d.owner_id::text = {ACTOR} OFFSET 0)"
)


def makes_files(person: str, condition: str = "true") -> str:
    """True where somebody whose account is open has a live role, at an active agency, that makes case files."""
    return (
        "EXISTS (SELECT 1 FROM accounts_membership m JOIN accounts_agency a ON a.id = m.agency_id "
        f"JOIN accounts_user u ON u.id = m.person_id WHERE m.person_id = {person} AND u.is_active AND a.is_active "
        f"AND m.starts_on <= {TODAY} AND (m.ends_on IS NULL OR m.ends_on >= {TODAY}) AND m.role IN {OPENERS} "
        f"AND {condition})"
    )


def taken_by(taker: str, owner: str) -> str:
    """Whether somebody makes files at an agency where the owner works or worked."""
    there = f"m.agency_id IN (SELECT o.agency_id FROM accounts_membership o WHERE o.person_id = {owner})"
    return f"{taker} <> {owner} AND {makes_files(taker, there)}"


GIVEN = "kind = 'INTAKE' AND d.own_key AND d.expires_at > now()"
GOES = """owner_id = {to}, handed_by_id = d.owner_id, heir_id = NULL, version = d.version + 1,
           expires_at = now() + interval '30 days'"""

HAND = f"""
DECLARE me uuid := NULLIF(current_setting('app.actor', true), '')::uuid;
BEGIN
    UPDATE desk_draft d SET {GOES.format(to="taker")}
     WHERE d.id = which AND d.owner_id = me AND d.heir_id = taker AND d.{GIVEN} AND {taken_by("taker", "me")};
    RETURN FOUND;
END
"""

# Whoever ends the role does not choose: it goes where its writer wanted, and nowhere else.
FALL = f"""
BEGIN
    IF NULLIF(current_setting('app.actor', true), '') IS NULL THEN
        RAISE EXCEPTION 'no actor' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
    WITH falls AS MATERIALIZED (
        SELECT d.id AS draft, d.owner_id AS former, d.heir_id AS heir FROM desk_draft d
         WHERE d.heir_id IS NOT NULL AND d.{GIVEN}
           AND NOT {makes_files("d.owner_id")} AND {taken_by("d.heir_id", "d.owner_id")}
         ORDER BY d.id FOR UPDATE
    )
    UPDATE desk_draft d SET {GOES.format(to="falls.heir")} FROM falls WHERE d.id = falls.draft
    RETURNING d.id, falls.former, falls.heir;
END
"""


def person() -> models.ForeignKey:
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0006_what_somebody_holds"),
        ("accounts", "0011_keys_of_drafts"),
    ]

    operations = [
        migrations.AddField("Draft", "own_key", models.BooleanField(default=False)),
        migrations.AddField("Draft", "heir", person()),
        migrations.AddField("Draft", "handed_by", person()),
        Policies("Draft", name="handed", rules="UPDATE"),
        Policies("table:accounts_subjectkey", name="drafts", select=KEY, insert=KEY),
        Definer("desk_hand_draft(which uuid, taker uuid) RETURNS boolean", HAND),
        Definer("desk_drafts_fall() RETURNS TABLE(draft uuid, former uuid, heir uuid)", FALL),
    ]
