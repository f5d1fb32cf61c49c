from django.urls import path

from clinic.attention import views

app_name = "attention"
urlpatterns = [
    path("", views.index, name="index"),
    path("<uuid:key>/", views.show, name="show"),
    path("<uuid:key>/take/", views.take, name="take"),
    path("<uuid:key>/close/", views.close, name="close"),
]
