from django.urls import path

from clinic.booking import views
from clinic.booking.course import views as course
from clinic.booking.feed import views as feed
from clinic.booking.remote import views as remote

app_name = "booking"
urlpatterns = [
    path("", views.week, name="week"),
    path("mine/", feed.feed, name="feed"),
    path("mine/make/", feed.make_feed, name="make_feed"),
    path("mine/end/", feed.end_feed, name="end_feed"),
    path("mine/<str:token>.ics", feed.read_feed, name="read_feed"),
    path("<uuid:key>/", views.of_case, name="of_case"),
    path("<uuid:key>/book/", views.book, name="book"),
    path("<uuid:key>/course/", course.course, name="course"),
    path("visit/<uuid:key>/", views.show, name="show"),
    path("visit/<uuid:key>/follow/", course.follow, name="follow"),
    path("visit/<uuid:key>/move/", views.reschedule, name="reschedule"),
    path("visit/<uuid:key>/call-off/", views.cancel, name="cancel"),
    path("visit/<uuid:key>/did-not-come/", views.no_show, name="no_show"),
    path("visit/<uuid:key>/arrived/", views.arrive, name="arrive"),
    path("visit/<uuid:key>/where/", remote.whereabouts, name="whereabouts"),
    path("visit/<uuid:key>/took-place/", remote.took_place, name="took_place"),
]
