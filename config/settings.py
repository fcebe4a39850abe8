"""Settings of Karpea: one file, safe by default, everything that differs comes from the environment.

A missing variable, and a weak secret, stops the start with a sentence that says what to do (config/given.py).
"""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.given import database, given, need, refuse_weak_password, secrets

BASE_DIR = Path(__file__).resolve().parent.parent


# The role decides which wall stands before this process (docs/architecture.md, "Database roles").
ROLE = os.environ.get("KARPEA_ROLE", "web")
DATABASES = {"default": database(need(f"DATABASE_URL_{ROLE.upper()}"))}
refuse_weak_password(ROLE, DATABASES["default"])
if ROLE == "migrator":
    DATABASES["default"]["OPTIONS"]["options"] = "-c role=karpea_owner"

SECRETS = secrets(need("KARPEA_SECRETS"))
SECRET_KEY = SECRETS["SECRET_KEY"]
VAULT_KEYS = SECRETS["VAULT_KEYS"]  # {"k1": base64 of 32 bytes}; the last one wraps new keys
INDEX_KEY = SECRETS["INDEX_KEY"]

DEBUG = False
DEMO = os.environ.get("KARPEA_DEMO") == "1"
HTTPS = os.environ.get("KARPEA_HTTPS", "0") == "1"
if DEMO and HTTPS:
    raise ImproperlyConfigured(
        "KARPEA_DEMO=1 prints passwords that everybody knows, so it is refused together with KARPEA_HTTPS=1."
    )
# Whether a proxy of the operator's own stands in front and says who asks (config/middleware.py).
PROXY = os.environ.get("KARPEA_PROXY", "0") == "1"
ALLOWED_HOSTS = os.environ.get("KARPEA_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("KARPEA_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "config",
    "reports",
    "referrals",
    "cases",
    "desk",
    "accounts",
    "audit",
    "allauth",
    "allauth.account",
    "guardian",
    "simple_history",
    "rest_framework",
    "django_htmx",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "config.middleware.request_id",
    # Small pages on slow links; Django pads them at random against BREACH.
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.pages.LanguageMiddleware",
    "config.foreign.ours_alone",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Nobody is signed in without a second factor.
    "accounts.middleware.SecondFactorMiddleware",
    # A program's token instead of a session, on the addresses for programs alone.
    "accounts.middleware.TokenMiddleware",
    "config.errors.AnswersMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Counts tries, and what programs ask, before a transaction begins that might be rolled back.
    "accounts.limited.LimitsMiddleware",
    # The innermost: the actor's transaction, inside it the idempotency key, and a page where a method is not there.
    "accounts.middleware.ActorMiddleware",
    "desk.middleware.OnceMiddleware",
    "config.errors.not_that_way",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "config.pages.chrome",
            ],
        },
    }
]
FORM_RENDERER = "config.drawing.Renderer"

# Who signs in, and how
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "reports:my_work"
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "sign_in_name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# allauth counts in a cache, which is each process's own: here the database counts for all (accounts/tries.py).
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "change_password": None}
# One name from one address: enough for somebody who mistypes; then a guesser gets about four tries an hour, and the
# owner of the name who sits elsewhere, or at a browser of theirs (accounts/browsers.py), notices nothing.
TRIES = {
    "free": 5,
    "first_wait": timedelta(seconds=10),
    "longest_wait": timedelta(minutes=15),
    "forgotten_after": timedelta(hours=1),
}
# One name from everywhere: so high that it takes many addresses to reach it, so low that nobody guesses a
# password of twelve signs. Whoever has signed in from their address before is not held up by it.
TRIES_OF_A_NAME = (60, timedelta(hours=1))
# One address, all names: a whole ministry may sit behind one. Only a flood that would keep the processors busy.
TRIES_FROM_AN_ADDRESS = (1000, timedelta(minutes=10))
# By one person, counted on the way in (page: how often, in which time): numbers of files that are guessed, and
# registers of ten megabytes each.
LIMITED_ACTS = {
    "cases:break_glass": (10, timedelta(minutes=10)),
    "cases:registers": (30, timedelta(hours=1)),
}
# So long an address, or a browser, is known for a name after a sign-in: longer than a leave, shorter than a post.
ADDRESS_KNOWN_FOR = timedelta(days=60)
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm"}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "accounts.paper.SheetHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.guessable.GuessableValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.passwords.ContextWordsValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.breached.StolenPasswordValidator"},
]
# A list that the operator keeps; empty: only the common ones above are refused.
STOLEN_PASSWORDS = os.environ.get("KARPEA_STOLEN_PASSWORDS", "")
# Rights: guardian stores them, its backend and its global permissions open nothing (accounts/guard.py).
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False

# History rows come from triggers; the package's signals stay off (audit/operations.py).
SIMPLE_HISTORY_ENABLED = False

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SECONDS = 15 * 60
# A page that was locked for longer is nobody's any more: the session ends.
SESSION_LOCKED_SECONDS = 8 * 60 * 60
# So long after the password was shown, acts of weight do not ask for it again (accounts/stepup.py).
CONFIRMED_FOR = timedelta(minutes=5)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
# The proxy sets this header itself, whatever a visitor sent (docs/install.md).
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY else None
# Asked from inside by the containers themselves; programs are refused, not led on (config/foreign.py).
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$", r"^api/v1/."]
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "report-uri": ["/policy-report/"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
# What is uploaded holds names: it is read in memory and never lies on a disk (cases/register/upload.py).
FILE_UPLOAD_HANDLERS = ["cases.register.upload.InMemory"]

LANGUAGE_CODE = "km"
LANGUAGES = [("km", "ខ្មែរ"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "Asia/Phnom_Penh"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("KARPEA_STATIC", BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [d for d in [BASE_DIR / "static" / "build"] if d.exists()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["woff2", "png", "gz", "br", "map"]
FILES_DIR = Path(os.environ.get("KARPEA_FILES", BASE_DIR / ".karpea" / "files"))

# The broker carries nothing that is not also a row (docs/adr); it may be down or silent.
REDIS_URL = given("REDIS_URL")
_broker = (
    f"redis+socket://{REDIS_URL.removeprefix('unix://')}" if REDIS_URL.startswith("unix://") else REDIS_URL
)
CELERY_BROKER_URL = _broker or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_TASK_SOFT_TIME_LIMIT = 14 * 60
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 30 * 60,
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "max_retries": 1,
}
CELERY_TIMEZONE = TIME_ZONE

# Reminders by mail: through a server, into a folder (to be looked at), or not at all. See docs/reminders.md.
MAIL = given("KARPEA_MAIL", "folder" if DEMO else "")
MAIL_IS_ON = bool(MAIL)
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = FILES_DIR / "mail"
if "://" in MAIL:
    _mail = urlsplit(MAIL)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp+tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("KARPEA_MAIL_FROM", "karpea@localhost")
SITE_ADDRESS = os.environ.get("KARPEA_ADDRESS", f"http://localhost:{os.environ.get('PORT', '8000')}")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["config.api_session.ByToken", "config.api_session.Session"],
    "DEFAULT_PERMISSION_CLASSES": ["config.api_session.MayCall"],
    "DEFAULT_SCHEMA_CLASS": "config.api_schema.Operation",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "config.problems.api_problem",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Karpea",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["config.api_schema.tell_the_rest"],
}
# A program that asks five times a second all day long needs another way; a person's tokens together ask twice as often.
_per_minute = os.environ.get("KARPEA_API_PER_MINUTE", "300")
if not _per_minute.isdecimal() or not 0 < int(_per_minute) <= 1_000_000:
    raise ImproperlyConfigured("KARPEA_API_PER_MINUTE must be a whole number from 1 to 1000000.")
API_PER_MINUTE = int(_per_minute)
#: How a limit that was reached is told (accounts/limited.py): it stands below what draws errors.
TOO_MANY = "config.errors.too_many"
#: How the idempotency key answers programs (desk/answered.py): it stands below what draws errors.
API_PROBLEM = "config.problems.problem"

# Wiring by setting: a lower app reaches a higher one through these, never by import.
TRAIL_CHOICES = {
    "person": "accounts.queries.people_choices",
    "agency": "accounts.queries.agency_choices",
    "province": "accounts.queries.province_choices",
}
# Labels of codes on the trail: classes of choices, the editable lists, and how a record's label is typed.
TRAIL_WORDS = {
    "role": "accounts.roles.Role",
    "status": "cases.states.Status",
    "answer": "cases.answers.ConsentAnswer",
    "referral": "referrals.states.Status",
    "referral_verb": "referrals.lifecycle.Verb",
    "export": "desk.exports.titles",
    "page": "config.page_names.choices",
}
TRAIL_CODE = "accounts.codes.label"
TRAIL_RECORD = ("cases.numbers.as_typed", "accounts.queries.label_as_typed")
# Panels on the page of a file from apps above `cases`: (user, opened) -> {"template", ...} or None.
CASE_PANELS = ["referrals.panels.of_file"]
# What each step of a referral is called on the page of a file.
REFERRAL_STEPS = "referrals.words.DONE"
# Of what something can be due: who sees it and how it is told (desk/reminders/access.py).
DUE_KINDS = {
    "CASE": "cases.reminders.Files",
    "REFERRAL": "referrals.reminders.Answers",
    "REPORT": "reports.reminders.Tables",
    "EXCLUDED": "cases.exclusions.reminders.Exclusions",
    "GLASS": "cases.glass.reminders.Openings",
    "OPENED": "cases.glass.reminders.OfColleagues",
}
# Running the place: what a page does with text that was kept, how many open files somebody made, by what else than a
# province somebody sees files, what follows when a rule of sections changes, and every table whose rows somebody still
# has to confirm.
FORM_REFILL = "desk.pages.refill"
# Keeps what was sent while a page asks for something else first.
FORM_KEEP = "desk.typed.keep_sent"
OPEN_FILES_OF = "cases.queries.open_files_of"
# What somebody holds who leaves, who can take it, the act itself, and what is with nobody (accounts/turnover.py).
WORK_HELD = ["cases.worker.held.files", "desk.held.drafts_and_exports"]
COLLEAGUES = "cases.worker.access.colleagues"
HAND_WORK_OVER = "cases.worker.actions.hand_over_all"
LEFT_WORK = "cases.worker.queries.left"
DRAFTS_FALL = "desk.heirs.fall"
FORGET_TYPED = "desk.held.forget_typed"
OPEN_FILES_OF_AGENCY = "cases.worker.queries.open_at"
GRANTS_OF = "cases.reach.grants_of"
# Before a file closes to agencies: what was asked of them is taken back.
BEFORE_SIGHT_ENDS = "referrals.actions.take_back_open"
AFTER_RULE_CHANGE = "cases.tasks.wake_reconcile"
UNCONFIRMED = [
    "accounts.queries.unconfirmed_rules",
    "desk.reminders.queries.unconfirmed_deadlines",
    "reports.queries.unconfirmed_levels",
    "accounts.queries.unconfirmed_codes",
    "accounts.conduct.unconfirmed",
]
EXPORTERS = {
    "FILES": "cases.export.Files",
    "REFERRALS": "referrals.export.Referrals",
    "TRAIL": "audit.export.Trail",
}
# Letters for pages that are printed by the server, built from static/src.
PRINT_FONTS = [BASE_DIR / "static" / "build" / "print", STATIC_ROOT / "print"]

# What waits for a worker, for the operator's figures: kind -> (system actor who may see it, question).
WAITING = {
    "exports": ("export", "desk.exports.waiting"),
    "deadlines": ("reminder", "desk.reminders.queries.waiting"),
}
METRICS = os.environ.get("KARPEA_METRICS", "0") == "1"
METRICS_TOKEN = given("KARPEA_METRICS_TOKEN")
if METRICS and len(METRICS_TOKEN) < 32:
    raise ImproperlyConfigured(
        "KARPEA_METRICS=1 needs KARPEA_METRICS_TOKEN: at least 32 signs made at random."
    )

LOGGING_CONFIG = "config.logs.configure"
LOGGING = {"version": 1}  # Django calls the function above only where this is not empty
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # guardian's backend is left out on purpose
PRODUCT_NAME = _("Karpea")
