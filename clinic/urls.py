"""Addresses of the whole house."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic.base import RedirectView

from clinic.people import views as people

admin.autodiscover()
# Libraries bring pages for groups, addresses, second factors and sign-ins: nobody here edits those.
admin.site.unregister(
    [model for model in admin.site._registry if model._meta.app_label != "clinic"]
)
admin.site.login = secure_admin_login(admin.site.login)
admin.site.logout = RedirectView.as_view(pattern_name="account_logout")
admin.site.site_header = admin.site.site_title = "Vigil: protocol templates"
admin.site.index_title = "Protocols"
# Its way to any row by its number tells who is known here, its password page leaves no trail.
LEFT_OUT = {"view_on_site", "password_change", "password_change_done"}
pages, *names = admin.site.urls
admin_pages = [page for page in pages if getattr(page, "name", "") not in LEFT_OUT]

urlpatterns = [
    path("", include("clinic.pages.urls")),
    path("", include("sessions.casefile.urls")),
    path("settings/", people.settings, name="settings"),
    path("welcome/", people.welcome, name="welcome"),
    path("account/", include("clinic.people.door.urls")),
    path("account/", include("allauth.urls")),
    path("admin/", (admin_pages, *names)),
    path("people/", include("clinic.cases.urls")),
    path("opened-outside-care/", include("clinic.cases.break_glass.urls")),
    path("signatures/", include("clinic.cases.signatures.urls")),
    path("safety/", include("clinic.safety.urls")),
    path("staff/", include("clinic.people.urls")),
    path("screening/", include("clinic.screening.urls")),
    path("evidence/", include("clinic.screening.evidence.urls")),
    path("medicines/", include("clinic.screening.medicines.urls")),
    path("documents/", include("clinic.documents.urls")),
    path("texts/", include("clinic.documents.texts.urls")),
    path("forms/", include("clinic.checklists.urls")),
    path("house-values/", include("clinic.protocols.house.urls")),
    path("questionnaires/", include("clinic.checklists.wording.urls")),
    path("diary/", include("clinic.booking.urls")),
    path("stock/", include("clinic.stock.urls")),
    path("needs-a-person/", include("clinic.attention.urls")),
    path("messages/", include("clinic.messages.urls")),
    path("trail/", include("clinic.trail.urls")),
    path("f/", include("clinic.links.urls")),
    path("preparation/", include("sessions.preparation.urls")),
    path("session/", include("sessions.supervised.urls")),
    path("integration/", include("sessions.integration.urls")),
    path("aftercare/", include("sessions.aftercare.urls")),
    path("reports/", include("sessions.reports.urls")),
]

handler400 = "clinic.pages.errors.bad_request"
handler403 = "clinic.pages.errors.forbidden"
handler404 = "clinic.pages.errors.not_found"
handler500 = "clinic.pages.errors.server_error"
handler429 = "clinic.pages.errors.too_many_requests"  # asked for by allauth
