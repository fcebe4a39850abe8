from django.urls import path

from . import views

app_name = "desk"
urlpatterns = [
    path("", views.exports, name="exports"),
    path("<uuid:export_id>/file/", views.file, name="export_file"),
]
