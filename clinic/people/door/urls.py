from django.urls import path
from django.views.generic.base import RedirectView

from clinic.people.door import views

app_name = "door"
urlpatterns = [
    # The library shows its codes as often as one likes: here they are shown until they are kept.
    path("2fa/recovery-codes/", RedirectView.as_view(pattern_name="door:codes")),
    path("2fa/recovery-codes/download/", RedirectView.as_view(pattern_name="door:codes")),
    path("second-factor/", views.second_factor, name="second_factor"),
    path("recovery-codes/", views.codes, name="codes"),
    path("lock/", views.lock, name="lock"),
    path("active/", views.active, name="active"),
    path("due/", views.state, name="state"),
    path("unlock/", views.unlock, name="unlock"),
    path("unlock/passkey/", views.passkey, name="passkey"),
    path("devices/<slug:device>/end/", views.end_sign_in, name="end_sign_in"),
    path("of/<uuid:key>/sign-out/", views.end_sign_ins, name="end_sign_ins"),
    path("of/<uuid:key>/second-factor/", views.reset_second_factor, name="reset_second_factor"),
    path("of/<uuid:key>/leave/", views.leave, name="leave"),
]
