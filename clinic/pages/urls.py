from django.urls import path

from clinic.pages import views

urlpatterns = [
    path("health", views.health, name="health"),
    path("ready", views.ready, name="ready"),
    path("theme/", views.theme, name="theme"),
    path("help/", views.guide, {"topic": "index"}, name="help_contents"),
    path("help/<slug:topic>/", views.guide, name="help"),
    path("roles/", views.roles, name="roles"),
    path("gallery/", views.gallery, name="gallery"),
]
