from django.urls import path

from sessions.preparation import views

app_name = "preparation"
urlpatterns = [
    path("<uuid:key>/", views.show, name="show"),
    path("<uuid:key>/begin/", views.begin, name="begin"),
    path("<uuid:key>/way-home/", views.way_home, name="way_home"),
    path("<uuid:key>/ready/", views.ready, name="ready"),
    path("<uuid:key>/ready/declare/", views.declare_ready, name="declare_ready"),
    path("<uuid:key>/ready/take-back/", views.not_ready, name="not_ready"),
    path("<uuid:key>/ready/decide-past/<slug:code>/", views.decide_past, name="decide_past"),
    path("visit/<uuid:key>/", views.visit, name="visit"),
]
