from django.urls import path

from clinic.checklists import views

app_name = "checklists"
urlpatterns = [
    path("<uuid:key>/", views.fill, name="fill"),
    path("<uuid:key>/read/", views.read, name="read"),
    path("<uuid:key>/autosave/", views.autosave, name="autosave"),
    path("<uuid:key>/open-again/", views.reopen, name="reopen"),
    path("case/<uuid:key>/<slug:code>/", views.start, name="start"),
]
