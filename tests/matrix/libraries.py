"""The routes that libraries bring: what each takes, and what it answers to whom, declared.

The two words are the statuses of reading and of sending an empty form. A page somebody set out for
by half a sign-in may differ from nobody's; the admin site's, for those who write protocols.
"""

# Routes that the resolver knows by no name: their path, where each is asked for.
UNNAMED = {
    "/account/2fa/recovery-codes/": ["/account/2fa/recovery-codes/"],
    "/account/2fa/recovery-codes/download/": ["/account/2fa/recovery-codes/download/"],
    "/admin/(?P<url>.*)$": [
        "/admin/clinic/patient/",
        "/admin/clinic/user/1/change/",
        "/admin/auth/group/add/",
        "/admin/password_change/",
        "/admin/r/1/1/",
    ],
}
# What a library keeps of a visitor before it knows who that is: a sign-in's own row, its counters.
SCRATCH = {"django_session", "vigil_cache"}

LIBRARIES: dict[str, tuple] = {
    "/account/2fa/recovery-codes/": (
        {"address": UNNAMED["/account/2fa/recovery-codes/"]},
        {"nobody": "302 302", "signed_in": "302 302"},
    ),
    "/account/2fa/recovery-codes/download/": (
        {"address": UNNAMED["/account/2fa/recovery-codes/download/"]},
        {"nobody": "302 302", "signed_in": "302 302"},
    ),
    "account_login": (
        {},
        {"nobody": "200 200", "half_signed_in": "302 302", "signed_in": "302 302"},
    ),
    "account_logout": ({}, {"nobody": "302 302", "signed_in": "200 302"}),
    "account_inactive": ({}, {"nobody": "200 405", "signed_in": "200 405"}),
    "account_signup": ({}, {"nobody": "200 200", "signed_in": "302 302"}),
    "account_reauthenticate": ({}, {"nobody": "302 302", "signed_in": "200 200"}),
    "account_email": ({}, {"nobody": "302 302", "signed_in": "200 302"}),
    "account_email_verification_sent": ({}, {"nobody": "200 405", "signed_in": "200 405"}),
    "account_change_password": ({}, {"nobody": "302 302", "signed_in": "200 200"}),
    "account_set_password": ({}, {"nobody": "302 302", "signed_in": "302 302"}),
    "account_reset_password": ({}, {"nobody": "200 200", "signed_in": "200 200"}),
    "account_confirm_login_code": ({}, {"nobody": "302 302", "signed_in": "302 302"}),
    "account_confirm_email": ({"key": ["x"]}, {"nobody": "200 404", "signed_in": "200 404"}),
    "account_reset_password_from_key_done": ({}, {"nobody": "200 405", "signed_in": "200 405"}),
    "account_reset_password_from_key": (
        {"uidb36": ["1"], "key": ["x"]},
        {"nobody": "200 200", "signed_in": "200 200"},
    ),
    "account_reset_password_done": ({}, {"nobody": "200 405", "signed_in": "200 405"}),
    "mfa_index": ({}, {"nobody": "302 302", "signed_in": "200 405"}),
    "mfa_authenticate": (
        {},
        {"nobody": "302 302", "half_signed_in": "200 200", "signed_in": "302 302"},
    ),
    "mfa_reauthenticate": ({}, {"nobody": "302 302", "signed_in": "302 302"}),
    "mfa_activate_totp": ({}, {"nobody": "302 302", "signed_in": "302 302"}),
    "mfa_deactivate_totp": ({}, {"nobody": "302 302", "signed_in": "404 404"}),
    "mfa_view_recovery_codes": ({}, {"nobody": "302 302", "signed_in": "302 302"}),
    "mfa_generate_recovery_codes": ({}, {"nobody": "302 302", "signed_in": "302 302"}),
    "mfa_download_recovery_codes": ({}, {"nobody": "302 302", "signed_in": "302 302"}),
    "mfa_list_webauthn": ({}, {"nobody": "302 302", "signed_in": "200 405"}),
    "mfa_add_webauthn": ({}, {"nobody": "302 302", "signed_in": "302 302"}),
    "mfa_reauthenticate_webauthn": ({}, {"nobody": "302 302", "signed_in": "302 302"}),
    "mfa_remove_webauthn": ({"pk": ["1"]}, {"nobody": "302 302", "signed_in": "302 302"}),
    "mfa_edit_webauthn": ({"pk": ["1"]}, {"nobody": "302 302", "signed_in": "302 302"}),
    "mfa_login_webauthn": ({}, {"nobody": "302 302", "signed_in": "302 302"}),
    "usersessions_list": ({}, {"nobody": "302 302", "signed_in": "200 302"}),
    "admin:index": (
        {},
        {"nobody": "302 302", "signed_in": "302 302", "writes_protocols": "200 200"},
    ),
    "admin:login": (
        {},
        {"nobody": "302 302", "signed_in": "403 403", "writes_protocols": "302 200"},
    ),
    "admin:logout": ({}, {"nobody": "302 302", "signed_in": "302 302"}),
    "admin:autocomplete": (
        {},
        {"nobody": "302 302", "signed_in": "302 302", "writes_protocols": "403 405"},
    ),
    "admin:jsi18n": (
        {},
        {"nobody": "302 302", "signed_in": "302 302", "writes_protocols": "200 405"},
    ),
    "admin:clinic_protocol_changelist": (
        {},
        {"nobody": "302 302", "signed_in": "302 302", "writes_protocols": "200 200"},
    ),
    "admin:clinic_protocolversion_changelist": (
        {},
        {"nobody": "302 302", "signed_in": "302 302", "writes_protocols": "200 200"},
    ),
    "admin:app_list": (
        {"app_label": ["clinic"]},
        {"nobody": "302 302", "signed_in": "302 302", "writes_protocols": "200 200"},
    ),
    "/admin/(?P<url>.*)$": (
        {"address": UNNAMED["/admin/(?P<url>.*)$"]},
        {"nobody": "302 302", "signed_in": "302 302", "writes_protocols": "404 404"},
    ),
}

# Where a HEAD is answered otherwise than the GET, and what the answer is.
BY_HEAD = {
    # Django's door leads those who are signed in on from a GET alone.
    "admin:login": {"writes_protocols": "200"},
}
