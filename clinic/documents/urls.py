from django.urls import path

from clinic.documents import views
from clinic.documents.capacity import views as capacity

app_name = "documents"
urlpatterns = [
    path("<uuid:key>/", views.index, name="index"),
    path("<uuid:key>/sign/<slug:code>/", views.sign, name="sign"),
    path("<uuid:key>/decline/<slug:code>/", views.decline, name="decline"),
    path("<uuid:key>/capacity/", capacity.assess, name="assess"),
    path("signed/<uuid:key>/", views.show, name="show"),
    path("signed/<uuid:key>/take-back/", views.withdraw, name="withdraw"),
    path("signed/<uuid:key>/still-holds/", views.reaffirm, name="reaffirm"),
]
