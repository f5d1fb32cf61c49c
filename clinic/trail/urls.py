from django.urls import path

from clinic.trail import views

app_name = "trail"
urlpatterns = [
    path("", views.index, name="index"),
    path("people/", views.patients, name="patients"),
    path("people/<uuid:key>/", views.patient, name="patient"),
    path("people/<uuid:key>/print/", views.print_account, name="print"),
]
