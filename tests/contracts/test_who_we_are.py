"""The first test: the suite is the site's own role, in a database built like a real one.

As a superuser, an owner or a role that goes past row-level security, every test of a wall would pass for nothing.
"""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.mark.asvs("13.2.2")
def test_we_are_the_site_and_nothing_more():
    assert ask("SELECT current_user, session_user") == [("karpea_web", "karpea_web")]
    assert ask(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles "
        "WHERE rolname = current_user"
    ) == [(False, False, False, False, False)]


def test_we_own_nothing_and_are_a_member_of_nothing():
    assert ask("SELECT relname FROM pg_class WHERE relowner = 'karpea_web'::regrole") == []
    assert ask("SELECT proname FROM pg_proc WHERE proowner = 'karpea_web'::regrole") == []
    assert ask("SELECT roleid::regrole FROM pg_auth_members WHERE member = 'karpea_web'::regrole") == []


def test_we_may_make_nothing():
    assert ask("SELECT has_schema_privilege('public', 'CREATE')") == [(False,)]
    assert ask("SELECT has_database_privilege(current_database(), 'TEMP')") == [(False,)]
    assert (
        ask("SELECT relname FROM pg_class WHERE relkind = 'r' AND has_table_privilege(oid, 'TRUNCATE')") == []
    )


def test_row_level_security_is_on_for_us():
    assert ask("SELECT row_security_active('cases_case')") == [(True,)]


def test_people_and_places_are_there(people):
    assert people.officer_bmc.sign_in_name == "officer_bmc"
    assert ask("SELECT count(*) FROM accounts_province") == [(25,)]
