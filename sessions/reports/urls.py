from django.urls import path

from sessions.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("<uuid:key>/", views.show, name="show"),
    path("<uuid:key>/sent/", views.send, name="send"),
    path("<uuid:key>/not-owed/", views.set_aside, name="set_aside"),
    path("<uuid:key>/print/", views.print_out, name="print"),
]
