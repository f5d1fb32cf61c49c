from django.urls import path

from sessions.casefile import views

app_name = "casefile"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("board/", views.board, name="board"),
    path("today/<slug:code>/", views.listed, name="list"),
    path("case/<uuid:key>/", views.show, name="show"),
    path("case/<uuid:key>/print/", views.print_out, name="print"),
]
