"""Addresses for machines, version 1."""

from django.urls import path

from cases.api import views as cases

urlpatterns = [
    path("cases/", cases.case_list, name="api_case_list"),
    path("cases/<str:number>/", cases.case_detail, name="api_case_detail"),
]
