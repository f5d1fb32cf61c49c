from django.urls import path

from sessions.supervised.arrival import views as arrival
from sessions.supervised.doses import views as doses
from sessions.supervised.events import views as events
from sessions.supervised.leaving import views as leaving
from sessions.supervised.observations import views as observations
from sessions.supervised.sheet import views as sheet

app_name = "supervised"
urlpatterns = [
    path("<uuid:key>/", sheet.show, name="show"),
    path("<uuid:key>/live/", sheet.live, name="live"),
    path("<uuid:key>/record/", sheet.record, name="record"),
    path("<uuid:key>/print/", sheet.print_out, name="print"),
    path("<uuid:key>/check-in/", arrival.check_in, name="check_in"),
    path("<uuid:key>/presence/", arrival.presence, name="presence"),
    path("<uuid:key>/hand-over/", arrival.hand_over, name="hand_over"),
    path("<uuid:key>/checks/", arrival.checks, name="checks"),
    path("<uuid:key>/reaffirm/<uuid:document_key>/", arrival.reaffirm, name="reaffirm"),
    path("<uuid:key>/withdraw/<uuid:document_key>/", arrival.withdraw, name="withdraw"),
    path("<uuid:key>/abandon/", arrival.abandon, name="abandon"),
    path("<uuid:key>/observe/", observations.observe, name="observe"),
    path("<uuid:key>/correct/<uuid:set_key>/", observations.correct, name="correct"),
    path("<uuid:key>/order/", doses.order, name="order"),
    path("<uuid:key>/prepare/", doses.prepare, name="prepare"),
    path("<uuid:key>/give/", doses.give, name="give"),
    path("<uuid:key>/dose-given/", doses.record_dose, name="record_dose"),
    path("waste/<uuid:key>/", doses.discard, name="discard"),
    path("<uuid:key>/event/", events.event, name="event"),
    path("<uuid:key>/undo/<uuid:event_key>/", events.undo, name="undo"),
    path("<uuid:key>/note/", events.note, name="note"),
    path("<uuid:key>/rescue/", events.rescue, name="rescue"),
    path("<uuid:key>/adverse-event/", events.adverse_event, name="adverse_event"),
    path("assess/<uuid:key>/", events.assess, name="assess"),
    path("<uuid:key>/ready/", leaving.ready, name="ready"),
    path("<uuid:key>/criteria/", leaving.criteria, name="criteria"),
    path("<uuid:key>/release/", leaving.release, name="release"),
    path("<uuid:key>/help/", leaving.help_, name="help"),
    path("<uuid:key>/door/<slug:which>/", leaving.door, name="door"),
    path("<uuid:key>/describe/", leaving.describe, name="describe"),
    path("<uuid:key>/sign/", leaving.sign, name="sign"),
]
