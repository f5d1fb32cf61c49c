from django.urls import path

from clinic.screening.medicines import views

app_name = "medicines"
urlpatterns = [
    path("of/<uuid:key>/", views.of_case, name="of_case"),
    path("of/<uuid:key>/add/", views.add, name="add"),
    path("<uuid:key>/change/", views.change, name="change"),
]
