"""What the database refuses about sessions; see clinic/walls."""

MAY_UPDATE = {
    "clinic_sessions_supervisedsession": None,
    "clinic_sessions_touchpoint": None,
    "clinic_sessions_commitment": None,
    "clinic_sessions_report": (
        "status",
        "sent_on",
        "how",
        "reference",
        "words",
        "settled_at",
        "settled_by_id",
        "signature_id",
    ),
}

# A signed session takes no further entry; late facts (events, assessments, deviations) it does.
_CLOSED_BY_SIGNING = [
    "presence",
    "observationset",
    "order",
    "dose",
    "sessionevent",
]

TRIGGERS = {
    (
        "clinic_sessions_supervisedsession",
        "signed_is_frozen",
        "BEFORE UPDATE OR DELETE",
        "vigil_signed_is_frozen()",
    ),
    (  # how it ended is what the signature under a release says
        "clinic_sessions_supervisedsession",
        "once",
        "BEFORE UPDATE",
        "vigil_once('ended_at,ended_by_id,ended_as')",
    ),
    (
        "clinic_sessions_report",
        "once",
        "BEFORE UPDATE",
        "vigil_once('settled_at,settled_by_id,signature_id,sent_on,how,reference,words')",
    ),
    *(
        (
            f"clinic_sessions_{table}",
            "session_is_unsigned",
            "BEFORE INSERT",
            "vigil_session_is_unsigned()",
        )
        for table in _CLOSED_BY_SIGNING
    ),
    (
        "clinic_sessions_prepareddose",
        "checked_by_another",
        "BEFORE INSERT",
        "vigil_checked_by_another()",
    ),
    (
        "clinic_sessions_dose",
        "given_with_another",
        "BEFORE INSERT",
        "vigil_given_with_another()",
    ),
}
