from django.urls import path

from clinic.people import views
from clinic.people.hours import views as hours

app_name = "people"
urlpatterns = [
    path("", views.staff, name="staff"),
    path("invite/", views.invite, name="invite"),
    path("invitation/<uuid:key>/revoke/", views.revoke, name="revoke"),
    path("invitation/<str:token>/", views.accept, name="accept"),
    path("licences/", views.licences, name="licences"),
    path("licences/<uuid:key>/verify/", views.verify_licence, name="verify_licence"),
    path("licences/<uuid:key>/renew/", views.renew_licence, name="renew_licence"),
    path("licences/<uuid:key>/suspend/", views.suspend_licence, name="suspend_licence"),
    path("licences/<uuid:key>/restore/", views.restore_licence, name="restore_licence"),
    path("rota/", views.rota, name="rota"),
    path("rota/add/", views.put_on_duty, name="put_on_duty"),
    path("rota/<uuid:key>/remove/", views.take_off_duty, name="take_off_duty"),
    path("absences/", views.absences, name="absences"),
    path("absences/add/", views.record_absence, name="record_absence"),
    path("absences/<uuid:key>/remove/", views.remove_absence, name="remove_absence"),
    path("hours/", hours.hours, name="hours"),
    path("hours/close/", hours.close_day, name="close_day"),
    path("hours/closed/<uuid:key>/open/", hours.open_day, name="open_day"),
    path("hours/<uuid:key>/", hours.write_hours, name="write_hours"),
    path("roles/<uuid:key>/end/", views.end_role, name="end_role"),
    path("sites/", views.sites, name="sites"),
    path("sites/add/", views.add_site, name="add_site"),
    path("sites/<uuid:key>/", views.change_site, name="change_site"),
    path("sites/<uuid:key>/rooms/add/", views.add_room, name="add_room"),
    path("rooms/", views.rooms, name="rooms"),
    path("rooms/<uuid:key>/close/", views.close_room, name="close_room"),
    path("rooms/<uuid:key>/open/", views.open_room, name="open_room"),
    path("mail/", views.mail, name="mail"),
    path("<uuid:key>/", views.show, name="show"),
    path("<uuid:key>/roles/give/", views.give_role, name="give_role"),
    path("<uuid:key>/licences/add/", views.add_licence, name="add_licence"),
    path("<uuid:key>/stop/", views.deactivate, name="deactivate"),
    path("<uuid:key>/open/", views.reactivate, name="reactivate"),
]
