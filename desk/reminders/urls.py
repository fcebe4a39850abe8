"""Addresses of what is due, under /due/."""

from django.urls import path

from . import views

app_name = "due"
urlpatterns = [
    path("", views.due_list, name="list"),
    path("read/", views.read, name="read"),
    path("mail/", views.mail, name="mail"),
    path("deadlines/", views.policies, name="policies"),
    path("deadlines/<uuid:policy_id>/", views.policy, name="policy"),
    path("holidays/", views.holidays, name="holidays"),
    path("holidays/<uuid:holiday_id>/", views.holiday, name="holiday"),
    path("deliveries/", views.deliveries, name="deliveries"),
]
