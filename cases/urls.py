"""Addresses of case files."""

from django.urls import path

from .views import files, find, intake

app_name = "cases"
urlpatterns = [
    path("", files.file_list, name="list"),
    path("find/", find.find, name="find"),
    path("new/", intake.start, name="start"),
    path("new/<uuid:draft_id>/", intake.task_list, name="draft"),
    path("new/<uuid:draft_id>/save/", intake.save_field, name="draft_field"),
    path("new/<uuid:draft_id>/check/", intake.check, name="draft_check"),
    path("new/<uuid:draft_id>/delete/", intake.drop, name="draft_drop"),
    path("new/<uuid:draft_id>/<slug:section>/", intake.section, name="draft_section"),
    path("<str:number>/", files.file_detail, name="detail"),
    path("<str:number>/receipt/", intake.receipt, name="receipt"),
    path("<str:number>/identity/", files.identity, name="identity"),
    path("<str:number>/note/", files.add_note, name="note"),
    path("<str:number>/move/<str:verb>/", files.move, name="move"),
]
