"""Addresses of tokens."""

from django.urls import path

from . import views

app_name = "tokens"
urlpatterns = [
    path("", views.token_list, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:pk>/", views.token, name="token"),
    path("<uuid:pk>/revoke/", views.revoke, name="revoke"),
]
