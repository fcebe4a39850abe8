"""Addresses of overviews and reports."""

from django.urls import path

from .views import counts, levels, my_work, tables

app_name = "reports"
urlpatterns = [
    path("", my_work.my_work, name="my_work"),
    path("monthly/", tables.tables, name="tables"),
    path("monthly/<uuid:pk>/", tables.table, name="table"),
    path("monthly/<uuid:pk>/sign/", tables.sign, name="sign"),
    path("monthly/<uuid:pk>/give-back/", tables.send_back, name="send_back"),
    path("monthly/<uuid:pk>/correct/", tables.correct, name="correct"),
    path("monthly/<uuid:pk>/files/<str:key>/", tables.files, name="files"),
    path("monthly/<uuid:pk>/as/<str:shape>/", tables.take, name="take"),
    path("counts/levels/", levels.levels, name="levels"),
    path("counts/levels/<str:code>/", levels.level, name="level"),
    path("counts/", counts.counts, name="counts"),
]
