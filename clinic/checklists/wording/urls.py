from django.urls import path

from clinic.checklists.wording import views

app_name = "wording"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:code>/", views.show, name="show"),
    path("<slug:code>/words/", views.load, name="load"),
]
