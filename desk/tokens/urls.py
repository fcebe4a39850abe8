"""Addresses of tokens."""

from django.urls import path

from . import own, views

app_name = "tokens"
urlpatterns = [
    path("", views.token_list, name="list"),
    path("new/", views.new, name="new"),
    path("mine/<uuid:pk>/", own.mine, name="mine"),
    path("mine/<uuid:pk>/accept/", own.accept, name="accept"),
    path("mine/<uuid:pk>/end/", own.end, name="end"),
    path("<uuid:pk>/", views.token, name="token"),
    path("<uuid:pk>/revoke/", views.revoke, name="revoke"),
]
