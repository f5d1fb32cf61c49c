from django.urls import path

from clinic.screening.evidence import views

app_name = "evidence"
urlpatterns = [
    path("of/<uuid:key>/", views.of_case, name="of_case"),
    path("of/<uuid:key>/enter/<slug:code>/", views.enter, name="enter"),
    path("<uuid:key>/take-back/", views.withdraw, name="withdraw"),
    path("<uuid:key>/file/", views.open_file, name="open_file"),
]
