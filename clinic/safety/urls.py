from django.urls import path

from clinic.safety import views
from clinic.safety.concerns import views as concerns
from clinic.safety.incidents import views as incidents

app_name = "safety"
urlpatterns = [
    path("", incidents.index, name="index"),
    path("report/", views.report, name="report"),
    path("report/<uuid:key>/", views.report_on, name="report_on"),
    path("concerns/", concerns.index, name="concerns"),
    path("concerns/<uuid:key>/", concerns.show, name="concern"),
    path("concerns/<uuid:key>/hear/", concerns.hear, name="hear"),
    path("concerns/<uuid:key>/note/", concerns.note, name="note_concern"),
    path("concerns/<uuid:key>/close/", concerns.close, name="close_concern"),
    path("<uuid:key>/", incidents.show, name="show"),
    path("<uuid:key>/assign/", incidents.assign, name="assign"),
    path("<uuid:key>/note/", incidents.note, name="note"),
    path("<uuid:key>/close/", incidents.close, name="close"),
]
