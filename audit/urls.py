from django.urls import path

from . import views

app_name = "audit"
urlpatterns = [
    path("", views.trail, name="trail"),
    path("<uuid:event_id>/", views.event, name="event"),
]
