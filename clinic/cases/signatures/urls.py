from django.urls import path

from clinic.cases.signatures import views

app_name = "signatures"
urlpatterns = [
    path("of/<uuid:key>/", views.of_case, name="of_case"),
    path("<uuid:key>/", views.show, name="show"),
    path("<uuid:key>/countersign/", views.countersign, name="countersign"),
    path("<uuid:key>/amend/", views.propose, name="propose"),
    path("amendments/<uuid:key>/", views.amendment, name="amendment"),
    path("amendments/<uuid:key>/accept/", views.accept, name="accept"),
    path("amendments/<uuid:key>/refuse/", views.refuse, name="refuse"),
]
