"""Settings that hold the house up: whoever changes one of them meets a test with the reason."""

import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth.hashers import get_hasher

from .source import ROOT


def test_a_request_is_one_transaction():
    for name, database in settings.DATABASES.items():
        assert database["ATOMIC_REQUESTS"], f"{name}: without it a 500 would leave half-saved data."
        assert database["ENGINE"] == "django.db.backends.postgresql"


def test_an_acknowledged_write_is_on_disk():
    assert "synchronous_commit" not in str(settings.DATABASES)
    for path in [*(ROOT / "config/local").glob("*.sql"), *ROOT.glob("docker-compose*.yml")]:
        assert "synchronous_commit" not in path.read_text(), f"{path.name} must leave synchronous_commit on."
    text = (ROOT / "config/local/cluster.py").read_text()
    assert '"synchronous_commit": "on"' in text
    assert text.count('"synchronous_commit": "off"') == 1, "off only in FOR_TESTS: nothing there is kept."


@pytest.mark.asvs("3.3.2", "3.3.4")
def test_cookies_are_out_of_reach_of_scripts_and_other_sites():
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"
    assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE
    assert settings.SESSION_IDLE_SECONDS <= 15 * 60
    assert settings.SESSION_COOKIE_AGE <= 12 * 60 * 60


@pytest.mark.asvs("3.4.3")
def test_the_content_policy_has_no_way_round():
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    assert "unsafe" not in str(policy)
    assert "*" not in str(policy)
    assert policy["frame-ancestors"] == ["'none'"]
    assert settings.X_FRAME_OPTIONS == "DENY"


@pytest.mark.asvs("11.4.2", "13.4.2")
def test_debug_is_off_and_passwords_are_slow():
    assert settings.DEBUG is False or settings.TEMPLATES[0]["OPTIONS"].get("debug") is not True
    assert settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    slow = get_hasher().params()
    assert slow.type.name == "ID"
    assert slow.memory_cost >= 46 * 1024, "kibibytes, of appendix C"


def test_nothing_of_guardian_decides():
    assert settings.AUTHENTICATION_BACKENDS == ["allauth.account.auth_backends.AuthenticationBackend"]
    assert settings.ANONYMOUS_USER_NAME is None
    assert settings.SIMPLE_HISTORY_ENABLED is False, "history rows come from triggers alone"


def test_the_actor_stands_inside_everything_else():
    """Error pages, sessions and languages are outside; the idempotency key is inside the actor's transaction."""
    assert settings.MIDDLEWARE[-3:] == [
        "accounts.middleware.ActorMiddleware",
        "desk.middleware.OnceMiddleware",
        "config.errors.not_that_way",
    ]
    names = settings.MIDDLEWARE
    assert names.index("config.errors.AnswersMiddleware") < names.index("accounts.middleware.ActorMiddleware")


def test_the_api_is_closed_unless_opened():
    from rest_framework.permissions import IsAuthenticated
    from rest_framework.settings import api_settings

    (asked,) = api_settings.DEFAULT_PERMISSION_CLASSES
    assert issubclass(asked, IsAuthenticated)


@pytest.mark.asvs("1.5.2")
def test_tasks_survive_a_killed_worker_and_a_silent_broker():
    assert settings.CELERY_TASK_ACKS_LATE
    assert settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"] <= 2
    assert not settings.CELERY_TASK_PUBLISH_RETRY
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]


@pytest.mark.asvs("13.4.2")
def test_the_deploy_checks_of_django_are_clean(tmp_path):
    """As a server behind HTTPS would start."""
    import os

    # Set by the tests in a browser, if one ran in this process before.
    mine = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    env = {**mine, "KARPEA_HTTPS": "1", "KARPEA_STATIC": str(tmp_path), "KARPEA_ROLE": "web"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_missing_variable_is_one_sentence(tmp_path):
    import os

    env = {k: v for k, v in os.environ.items() if not k.startswith("DATABASE_URL")}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode != 0
    assert "DATABASE_URL_WEB is not set. `make run` and `make test` set it" in done.stderr.splitlines()[-1]
