from django.urls import path

from clinic.links import views
from clinic.links.packets import views as packets

app_name = "links"
urlpatterns = [
    path("of/<uuid:key>/", views.index, name="index"),
    path("back/<uuid:key>/", views.revoke, name="revoke"),
    path("packet/<uuid:key>/", packets.send_packet, name="send_packet"),
    path("<str:token>/", views.open_link, name="open"),
    path("<str:token>/all/", packets.packet, name="packet"),
    path("<str:token>/save/", views.save, name="save"),
    path("<str:token>/tell/", views.tell, name="tell"),
    path("<str:token>/told/", views.told, name="told"),
    path("<str:token>/thanks/", views.thanks, name="thanks"),
]
