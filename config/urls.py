"""Every address. A test lists each with what each person gets (tests/contracts/test_every_url.py)."""

from django.urls import include, path

from accounts.views import account, conduct, factors, second, sessions, sheets, standing

from . import health, metrics, pages, policy_report

urlpatterns = [
    path("", include("reports.urls")),
    path("files/", include("cases.urls")),
    path("referrals/", include("referrals.urls")),
    path("trail/", include("audit.urls")),
    path("exports/", include("desk.urls")),
    path("place/", include("accounts.urls")),
    path("due/", include("desk.reminders.urls")),
    path("tokens/", include("desk.tokens.urls")),
    path("api/v1/", include("config.api_urls")),
    path("sign-in/", sessions.sign_in, name="account_login"),
    path("sign-out/", sessions.sign_out, name="account_logout"),
    # allauth draws links to these; here both explain that the office gives sign-in names and new passwords.
    path("sign-in/help/", pages.help_page, name="account_signup"),
    path("sign-in/forgotten/", pages.help_page, name="account_reset_password"),
    path("sign-in/slip/", account.slip, name="account_slip"),
    path("sign-in/second/", second.second, name="account_factor"),
    path("sign-in/unlock/", sessions.unlock, name="account_unlock"),
    path("account/app/", factors.app_new, name="account_app"),
    path("account/key/", factors.key_new, name="account_key"),
    path("account/factors/<uuid:factor_id>/", factors.factor_remove, name="account_factor_remove"),
    path("account/colleagues/", sheets.colleagues, name="account_colleagues"),
    path("account/", account.own, name="account_own"),
    path("account/conduct/", conduct.own, name="account_conduct"),
    path("account/sessions/<uuid:sitting_id>/", account.session_end, name="account_session_end"),
    path("account/happened/", account.happened, name="account_happened"),
    path("account/rights/", standing.rights, name="account_rights"),
    path("account/stand-in/<uuid:post_id>/", standing.stand_in, name="account_stand_in"),
    path("account/stand-in/<uuid:post_id>/end/", standing.stand_in_end, name="account_stand_in_end"),
    path("account/sessions/", account.sessions, name="account_sessions"),
    path("language/", pages.language, name="language"),
    path("quick-exit/", pages.quick_exit, name="quick_exit"),
    path("quiet/", pages.quiet, name="quiet"),
    path("lock/", pages.lock, name="lock"),
    path("stay/", pages.stay, name="stay"),
    path("help/", pages.help_page, name="help"),
    path("policy-report/", policy_report.policy_report, name="policy_report"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", metrics.page, name="metrics"),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
