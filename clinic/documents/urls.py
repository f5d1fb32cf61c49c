from django.urls import path

from clinic.documents import views

app_name = "documents"
urlpatterns = [
    path("<uuid:key>/", views.index, name="index"),
    path("<uuid:key>/sign/<slug:code>/", views.sign, name="sign"),
    path("signed/<uuid:key>/", views.show, name="show"),
    path("signed/<uuid:key>/take-back/", views.withdraw, name="withdraw"),
    path("signed/<uuid:key>/still-holds/", views.reaffirm, name="reaffirm"),
]
