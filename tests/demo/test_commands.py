"""What the three commands say, and where they refuse."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.factors import code_at, step_now
from accounts.models import User
from audit.context import acting, system
from config.demo.people import PASSWORD, secret_of

from .. import ground


def said(*command, **options):
    out = io.StringIO()
    call_command(*command, stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    "command", [["people"], ["demo"], ["code", "officer.bmc"]], ids=lambda words: words[0]
)
def test_outside_a_demonstration_each_refuses(command, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="demonstration"):
        call_command(*command)


def test_only_the_loader_loads(settings):
    settings.DEMO, settings.ROLE = True, "web"
    with pytest.raises(CommandError, match="loader"):
        call_command("demo")


@pytest.mark.django_db
def test_people_says_so_when_nobody_is_there(settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match=r"manage\.py demo"):
        call_command("people")


def test_people_prints_how_to_sign_in_and_what_each_can_do(demo, settings):
    settings.DEMO = True
    text = said("people")
    assert PASSWORD in text
    assert "make code WHO=officer.bmc" in text
    for name in ("officer.bmc", "head.bmc", "officer.btb", "reviewer.mosvy", "worker.lotus", "auditor.ncct"):
        assert name in text
    assert "Provincial officer, Department of Social Affairs (DoSVY), Banteay Meanchey" in text
    assert said("people", all=True).count("officer.") > text.count("officer.")
    assert "មន្ទីរ ស.អ.យ ខេត្តបន្ទាយមានជ័យ" in said("people", language="km")


def test_the_printed_password_opens(demo):
    with acting(system("sign-in")):
        assert User.objects.get(sign_in_name="officer.bmc").check_password(PASSWORD)


def test_the_code_of_an_invented_person_is_the_one_of_now(demo, settings):
    settings.DEMO = True
    with ground.connected("loader"):
        before = step_now()
        code = said("code", "officer.bmc").strip()
        assert code in {code_at(secret_of("officer.bmc"), step) for step in (before, before + 1)}
        with pytest.raises(CommandError, match="nobody here"):
            said("code", "somebody.else")


def test_a_second_run_changes_nothing(demo, everything, settings):
    settings.DEMO, settings.ROLE = True, "loader"
    before = everything("SELECT count(*) FROM audit_event")
    with ground.connected("loader"):
        assert "already" in said("demo")
    assert everything("SELECT count(*) FROM audit_event") == before
