from django.urls import path

from clinic.protocols.house import views

app_name = "house"
urlpatterns = [
    path("", views.index, name="index"),
    path("version/<uuid:key>/", views.state, name="state"),
    path("<uuid:key>/", views.show, name="show"),
    path("<uuid:key>/approve/", views.approve, name="approve"),
    path("<uuid:key>/end/", views.end, name="end"),
]
