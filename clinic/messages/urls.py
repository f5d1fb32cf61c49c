from django.urls import path

from clinic.messages import views

app_name = "messages"
urlpatterns = [
    path("<uuid:key>/", views.index, name="index"),
    path("<uuid:key>/stop/", views.cancel, name="cancel"),
]
