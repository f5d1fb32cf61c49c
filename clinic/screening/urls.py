from django.urls import path

from clinic.screening import views
from clinic.screening.official import views as official
from clinic.screening.sent import views as sent

app_name = "screening"
urlpatterns = [
    path("<uuid:key>/", views.form, name="form"),
    path("<uuid:key>/autosave/", views.autosave, name="autosave"),
    path("<uuid:key>/anew/", views.begin_anew, name="begin_anew"),
    path("<uuid:key>/findings/", views.findings, name="findings"),
    path("<uuid:key>/findings/<slug:item>/", views.rule_on, name="rule_on"),
    path("<uuid:key>/sent/", sent.review, name="review"),
    path("<uuid:key>/official-form/", official.confirm, name="confirm"),
    path("<uuid:key>/decide/", views.decide, name="decide"),
    path("<uuid:key>/open-again/", views.reopen, name="reopen"),
]
