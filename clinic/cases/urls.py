from django.urls import path

from clinic.cases import views
from clinic.cases.channels import views as channels
from clinic.cases.importing import views as importing
from clinic.cases.merging import views as merging
from clinic.cases.moving import views as moving
from clinic.cases.two_sites import views as two_sites

app_name = "cases"
urlpatterns = [
    path("", views.index, name="index"),
    path("search/", views.search, name="search"),
    path("register/", views.register, name="register"),
    path("import/", importing.read, name="import_people"),
    path("import/template/", importing.template, name="import_template"),
    path("import/<uuid:key>/", importing.show, name="import"),
    path("import/<uuid:key>/set-aside/", importing.set_aside, name="set_import_aside"),
    path("holds/", views.holds, name="holds"),
    path("hold/<uuid:key>/", views.hold, name="hold"),
    path("contact/<uuid:key>/end/", channels.end_contact, name="end_contact"),
    path("contact/<uuid:key>/guardianship/", channels.guardianship, name="guardianship"),
    path("agreed/<uuid:key>/take-back/", channels.take_back, name="take_back"),
    path("team/<uuid:key>/leave/", views.leave_team, name="leave_team"),
    path("<uuid:key>/", views.patient, name="patient"),
    path("<uuid:key>/same-as/<uuid:other>/", merging.merge, name="merge"),
    path("<uuid:key>/merged/", merging.merged, name="merged"),
    path("<uuid:key>/part/", merging.part, name="part"),
    path("<uuid:key>/elsewhere/", two_sites.elsewhere, name="elsewhere"),
    path("<uuid:key>/elsewhere/<uuid:other>/", two_sites.link, name="link"),
    path("<uuid:key>/elsewhere/<uuid:other>/end/", two_sites.unlink, name="unlink"),
    path("<uuid:key>/apart/<uuid:other>/", two_sites.tell_apart, name="tell_apart"),
    path("<uuid:key>/apart/<uuid:other>/take-back/", two_sites.retract, name="retract"),
    path("<uuid:key>/correct/", views.correct, name="correct"),
    path("<uuid:key>/identity/", views.identity, name="identity"),
    path("<uuid:key>/contacts/", channels.contacts, name="contacts"),
    path("<uuid:key>/agree/", channels.agree, name="agree"),
    path("<uuid:key>/refer/", views.refer, name="refer"),
    path("<uuid:key>/died/", views.died, name="died"),
    path("<uuid:key>/team/", views.team, name="team"),
    path("<uuid:key>/version/", moving.move, name="move"),
    path("<uuid:key>/lifecycle/", views.lifecycle, name="lifecycle"),
    path("<uuid:key>/lifecycle/<slug:act>/", views.leave, name="leave"),
]
