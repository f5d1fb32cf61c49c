from django.urls import path

from sessions.aftercare import views

app_name = "aftercare"
urlpatterns = [
    path("<uuid:key>/", views.index, name="index"),
    path("<uuid:key>/begin/", views.go_on, {"what": "begin"}, name="begin"),
    path("<uuid:key>/next-cycle/", views.go_on, {"what": "next"}, name="next_cycle"),
    path("<uuid:key>/close/", views.go_on, {"what": "close"}, name="close"),
    path("contact/<uuid:key>/", views.touchpoint, name="touchpoint"),
    path("contact/<uuid:key>/made/", views.contact, {"what": "made"}, name="made"),
    path(
        "contact/<uuid:key>/not-reached/",
        views.contact,
        {"what": "not_reached"},
        name="not_reached",
    ),
    path("contact/<uuid:key>/call-off/", views.contact, {"what": "call_off"}, name="call_off"),
]
