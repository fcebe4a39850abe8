"""Nobody has one role at one agency twice in the same days: to end one of the two would end nothing."""

from django.db import migrations

from audit.operations import Definer, Sql

# Of posts of one's own: who stands in holds another's beside it. A role that was given by mistake ended before it began, and
# is in nobody's way. What stood there twice before this can be ended, and shortened; no row grows over another one.
ONCE = """
BEGIN
    IF NEW.stands_in_for_id IS NOT NULL OR NEW.ends_on < NEW.starts_on OR (
        TG_OP = 'UPDATE' AND NEW.person_id = OLD.person_id AND NEW.agency_id = OLD.agency_id AND NEW.role = OLD.role
        AND OLD.stands_in_for_id IS NULL AND NEW.starts_on >= OLD.starts_on
        AND COALESCE(NEW.ends_on, 'infinity') <= COALESCE(OLD.ends_on, 'infinity')
    ) THEN RETURN NEW; END IF;
    -- One at a time for a person: of two at once neither would see the other.
    PERFORM pg_advisory_xact_lock(hashtextextended('posts of ' || NEW.person_id, 0));
    IF EXISTS (
        SELECT 1 FROM accounts_membership m
         WHERE m.person_id = NEW.person_id AND m.agency_id = NEW.agency_id AND m.role = NEW.role AND m.id <> NEW.id
           AND m.stands_in_for_id IS NULL AND (m.ends_on IS NULL OR m.ends_on >= GREATEST(m.starts_on, NEW.starts_on))
           AND m.starts_on <= COALESCE(NEW.ends_on, 'infinity')
    ) THEN
        RAISE EXCEPTION 'this person has this role there in these days already'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'membership_once';
    END IF;
    RETURN NEW;
END
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_sheets_of_weighty_posts")]

    operations = [
        # It held one first day apart from another, and kept a role that had been taken back from being given that day.
        migrations.RemoveConstraint("Membership", "membership_once"),
        Definer("accounts_post_once() RETURNS trigger", ONCE, call=False),
        Sql(
            [
                "CREATE TRIGGER a_once BEFORE INSERT OR UPDATE ON accounts_membership "
                "FOR EACH ROW EXECUTE FUNCTION accounts_post_once()"
            ],
            ["DROP TRIGGER a_once ON accounts_membership"],
        ),
    ]
