from django.urls import path

from clinic.documents.texts import views

app_name = "texts"
urlpatterns = [
    path("", views.index, name="index"),
    path("examples/<uuid:key>/", views.take_in, name="take_in"),
    path("<slug:code>/", views.show, name="show"),
    path("<slug:code>/<slug:language>/new/", views.write, name="write"),
    path("<slug:code>/<slug:language>/<int:version>/", views.read, name="read"),
]
