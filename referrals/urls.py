"""Addresses of referrals. Each act has its own, by the slug of its verb."""

from django.urls import path

from . import views

app_name = "referrals"

urlpatterns = [
    path("", views.referral_list, name="list"),
    path("review/", views.review, name="review"),
    path("new/<str:number>/", views.new, name="new"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/edit/", views.edit, name="edit"),
    *(
        path(f"<uuid:pk>/{slug}/", views.act, {"verb": verb}, name=slug)
        for verb, slug in views.ADDRESSES.items()
    ),
]
