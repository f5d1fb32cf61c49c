from django.urls import path

from sessions.integration import views

app_name = "integration"
urlpatterns = [
    path("visit/<uuid:key>/", views.visit, name="visit"),
    path("visit/<uuid:key>/note/", views.write, {"what": "note"}, name="note"),
    path("visit/<uuid:key>/addition/", views.write, {"what": "addition"}, name="addition"),
    path("visit/<uuid:key>/process-note/", views.write, {"what": "process"}, name="process"),
    path("visit/<uuid:key>/commitment/", views.write, {"what": "commitment"}, name="commitment"),
    path("visit/<uuid:key>/finish/", views.write, {"what": "finish"}, name="finish"),
    path("commitment/<uuid:key>/", views.settle, name="settle"),
    path("measures/<uuid:key>/", views.measures, name="measures"),
]
