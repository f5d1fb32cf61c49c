from django.urls import path

from clinic.stock import views

app_name = "stock"
urlpatterns = [
    path("", views.index, name="index"),
    path("receive/", views.receive, name="receive"),
    path("<uuid:key>/", views.lot, name="lot"),
    path("<uuid:key>/more/", views.receive_more, name="receive_more"),
    path("<uuid:key>/waste/", views.waste, name="waste"),
    path("<uuid:key>/count/", views.count, name="count"),
    path("<uuid:key>/what/", views.describe, name="describe"),
    path("<uuid:key>/recall/", views.recall, name="recall"),
]
