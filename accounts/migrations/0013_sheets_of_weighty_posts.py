"""No subordinate prints, or ends, the code sheet of whoever holds a post of weight."""

from django.db import migrations

from audit.operations import ACTOR, Sql, setting_list

ADMINISTRATOR = f"'ADMINISTRATOR' = ANY({setting_list('roles', 'text')})"
# As in 0006.
AT_THE_DOOR = f"{ACTOR} = 'system:sign-in'"
OWN = f"person_id::text = {ACTOR}"
TODAY = "(now() AT TIME ZONE 'Asia/Phnom_Penh')::date"


def colleague(setting: str, over: str = "") -> str:
    return (
        "EXISTS (SELECT 1 FROM accounts_membership m WHERE m.person_id = accounts_factor.person_id "
        f"AND m.agency_id = ANY({setting_list(setting, 'uuid')}){over} OFFSET 0)"
    )


OF_OWN_OFFICE = colleague("manages")
COLLEAGUE = colleague("agencies", f" AND (m.ends_on IS NULL OR m.ends_on >= {TODAY})")
FOR_SOMEBODY_ELSE = f"maker_id::text = {ACTOR} AND person_id::text <> {ACTOR}"
PRINTED_THE_SLIP = f"""EXISTS (
    SELECT 1 FROM accounts_slip s JOIN accounts_user u ON u.id = s.person_id
     WHERE s.person_id = accounts_factor.person_id AND s.made_by_id::text = {ACTOR}
       AND (s.created_at > now() - interval '7 days'
            OR (s.was_used AND (s.ended_at > now() - interval '7 days'
                                OR u.last_login IS NULL OR u.last_login < s.ended_at)))
    OFFSET 0)"""
# A post of weight (accounts/roles.py: SHEET_BY_EQUALS), now or later, that the actor does not hold as well today.
ABOVE = f"""EXISTS (
    SELECT 1 FROM accounts_membership w
     WHERE w.person_id = accounts_factor.person_id AND (w.ends_on IS NULL OR w.ends_on >= {TODAY})
       AND w.role IN ('PROVINCIAL_HEAD', 'MINISTRY_REVIEWER', 'NATIONAL_DESK', 'AUDITOR', 'ADMINISTRATOR')
       AND NOT EXISTS (
           SELECT 1 FROM accounts_membership e
            WHERE e.person_id::text = {ACTOR} AND e.agency_id = w.agency_id AND e.role = w.role
              AND e.starts_on <= {TODAY} AND (e.ends_on IS NULL OR e.ends_on >= {TODAY})
           OFFSET 0)
    OFFSET 0)"""


def insert(colleagues: str) -> str:
    return (
        f"({OWN} AND maker_id::text = {ACTOR} AND kind <> 'SHEET') OR (kind = 'SHEET' AND {FOR_SOMEBODY_ELSE} "
        f"AND ({ADMINISTRATOR} OR {colleagues}) AND NOT {PRINTED_THE_SLIP})"
    )


def update(colleagues: str) -> str:
    return (
        f"{AT_THE_DOOR} OR {OWN} OR {ADMINISTRATOR} OR (kind = 'SHEET' AND {colleagues}) OR {OF_OWN_OFFICE}"
    )


def policies(colleagues: str) -> list[str]:
    return [
        f"ALTER POLICY rows_insert ON accounts_factor WITH CHECK ({insert(colleagues)})",
        f"ALTER POLICY rows_update ON accounts_factor USING ({update(colleagues)}) WITH CHECK ({update(colleagues)})",
    ]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_offers_of_tokens")]

    operations = [Sql(policies(f"({COLLEAGUE} AND NOT {ABOVE})"), policies(COLLEAGUE))]
