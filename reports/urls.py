"""Addresses of overviews."""

from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [path("", views.my_work, name="my_work")]
