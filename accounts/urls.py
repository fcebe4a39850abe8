"""Addresses of running the place. Ids alone: no name of anybody stands in an address."""

from django.urls import path

from .views import (
    acts,
    agencies,
    conduct,
    confirming,
    lists,
    overview,
    people,
    posts,
    sessions,
    sheets,
    standing,
    turnover,
)

app_name = "place"
urlpatterns = [
    path("", overview.home, name="home"),
    path("usage/", overview.used, name="usage"),
    path("unconfirmed/", overview.unconfirmed, name="unconfirmed"),
    path("people/", people.people, name="people"),
    path("confirm/", confirming.confirm, name="confirm"),
    path("people/new/", acts.person_new, name="person_new"),
    path("people/<uuid:person_id>/", people.person, name="person"),
    path("people/<uuid:person_id>/names/", acts.person_names, name="person_names"),
    path("people/<uuid:person_id>/slip/", acts.person_slip, name="person_slip"),
    path("people/<uuid:person_id>/sheet/", sheets.sheet, name="person_sheet"),
    path("people/<uuid:person_id>/factors/", sheets.revoke, name="person_factors"),
    path("people/<uuid:person_id>/sessions/", sessions.end_all, name="person_sessions"),
    path("people/<uuid:person_id>/close/", turnover.person_disable, name="person_disable"),
    path("people/<uuid:person_id>/hand-over/", turnover.hand_over, name="person_hand_over"),
    path("people/<uuid:person_id>/open/", acts.person_enable, name="person_enable"),
    path("people/<uuid:person_id>/role/", posts.role_new, name="role_new"),
    path("people/<uuid:person_id>/role/<uuid:post_id>/", turnover.role_end, name="role_end"),
    path("people/<uuid:person_id>/role/<uuid:post_id>/stand-in/", standing.stand_in_for, name="stand_in"),
    path("agencies/", agencies.agencies, name="agencies"),
    path("agencies/new/", agencies.agency_new, name="agency_new"),
    path("agencies/<uuid:agency_id>/", agencies.agency, name="agency"),
    path("agencies/<uuid:agency_id>/change/", agencies.agency_change, name="agency_change"),
    path("agencies/<uuid:agency_id>/province/", agencies.right_new, name="right_new"),
    path("agencies/<uuid:agency_id>/province/<uuid:right_id>/", agencies.right_end, name="right_end"),
    path("conduct/", conduct.versions, name="conduct"),
    path("opens/", lists.rules, name="rules"),
    path("opens/<int:rule_id>/", lists.rule, name="rule"),
    path("codes/", lists.code_lists, name="code_lists"),
    path("codes/<uuid:code_id>/", lists.code, name="code"),
    path("codes/<str:code_list>/", lists.code_list, name="code_list"),
    path("codes/<str:code_list>/new/", lists.code_new, name="code_new"),
]
