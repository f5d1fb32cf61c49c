from django.urls import path

from clinic.cases.break_glass import views

app_name = "break_glass"
urlpatterns = [
    path("", views.index, name="index"),
    path("open/", views.break_glass, name="break"),
    path("<uuid:key>/", views.show, name="show"),
    path("<uuid:key>/give-back/", views.give_back, name="give_back"),
]
