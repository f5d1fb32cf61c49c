"""Every page a person can open: who looks at it, at whose row, and which states it can have.

The resolver counts: a page that stands neither in PAGES nor in NO_PICTURE fails test_counted.py. A
state a page cannot have says why.
"""

from dataclasses import dataclass, field

from clinic.access import GUARDED_ELSEWHERE, every_view

# Pages of these libraries stand in our frame; the rest of the admin is Django's own.
LIBRARIES = ("allauth",)
FORM = "a form for one new thing; there is nothing it could be empty of"
ONE = "shows one thing, which is there or the page is not"
READ = "takes nothing typed"
BUTTON = "takes one press and no words"
ANYTHING = "every field may be left empty"
DONE = "is completed here; the form behind it is pictured with the questionnaires"
NOT_YET = "stands behind its reasons here; the signature in it is pictured with the order"
GIVEN = "was given here, and the page says why nothing can be wasted"
NOBODY = "names nobody"
APART = "each of its forms is sent to an address of its own"
ALONE = "stands before a person is known"
YES = True


@dataclass(frozen=True)
class Page:
    """One page: by whom, at which rows, in which states; a state left out gives its reason."""

    by: str
    rows: dict[str, str] = field(default_factory=dict)
    empty: bool | str = ONE
    error: bool | str = READ
    longest: bool | str = YES
    wrong: dict[str, str] = field(default_factory=dict)  # typed before the form is sent
    query: str = ""
    button: str = ""  # which of several forms is sent
    first: str = ""  # what happens before, by the name of a story


PAGES: dict[str, Page] = {
    "help_contents": Page("intake", longest=NOBODY),
    "help": Page("intake", {"topic": "=supervised-show"}, longest=NOBODY),
    "roles": Page("manager", longest=NOBODY),
    "gallery": Page("nurse", longest=NOBODY),
    "settings": Page("manager", empty=FORM, error=YES, longest=YES),
    "casefile:dashboard": Page("nurse", empty=YES),
    "casefile:board": Page("nurse", empty=YES),
    "casefile:list": Page("medical_lead", {"code": "=matters"}, empty=YES),
    "casefile:show": Page("prescriber", {"key": "in aftercare"}, empty=YES),
    # people in care
    "cases:index": Page("intake", empty=YES),
    "cases:search": Page("intake", query="?q=e", empty=YES),
    "cases:register": Page("intake", empty=FORM, error=YES, longest=NOBODY),
    "cases:import_people": Page("intake", empty=FORM, error=YES, longest=NOBODY),
    "cases:import": Page("intake", {"key": "file of people"}, error=YES),
    "cases:holds": Page("medical_lead", empty=YES),
    "cases:hold": Page("medical_lead", {"key": "preparing"}, error=YES, empty=FORM),
    "cases:patient": Page("intake", {"key": "live person"}, empty=YES),
    "cases:merge": Page(
        "medical_lead", {"key": "twin", "other": "bare person"}, error=YES, empty=ONE
    ),
    "cases:merged": Page("intake", {"key": "merged record"}),
    "cases:part": Page("medical_lead", {"key": "merged record"}, error=YES, empty=ONE),
    "cases:correct": Page("intake", {"key": "live person"}, empty=FORM, error=YES),
    "cases:identity": Page("intake", {"key": "live person"}, empty=FORM, error=YES),
    "cases:guardianship": Page("intake", {"key": "guardian"}, empty=FORM, error=YES),
    "cases:contacts": Page("intake", {"key": "live person"}, empty=YES, error=YES),
    "cases:refer": Page("intake", {"key": "closed person"}, empty=FORM, error=YES),
    "cases:team": Page("facilitator", {"key": "preparing"}, empty=YES, error=YES),
    "cases:move": Page("prescriber", {"key": "preparing"}, error=NOT_YET),
    "cases:lifecycle": Page("facilitator", {"key": "preparing"}, error=YES),
    "break_glass:index": Page("medical_lead", empty=YES),
    "break_glass:break": Page("facilitator", empty=FORM, error=YES, longest=NOBODY),
    "safety:index": Page("medical_lead", empty=YES),
    "safety:report": Page("manager", empty=FORM, error=YES, longest=NOBODY),
    "safety:report_on": Page(
        "facilitator", {"key": "preparing"}, empty=FORM, error=YES, longest=NOBODY
    ),
    "safety:show": Page("medical_lead", {"key": "incident"}, error=APART),
    "safety:concerns": Page("safety_lead", empty=YES, longest=NOBODY),
    "safety:concern": Page("safety_lead", {"key": "concern"}, error=APART),
    "break_glass:show": Page("medical_lead", {"key": "glass"}, empty=FORM, error=YES),
    "trail:index": Page("privacy_officer"),
    "trail:patients": Page("privacy_officer"),
    "trail:patient": Page("privacy_officer", {"key": "live person"}),
    # staff and places
    "people:staff": Page("manager"),
    "people:invite": Page("manager", empty=FORM, error=YES, longest=NOBODY),
    "people:revoke": Page("manager", {"key": "invitation"}, error=BUTTON),
    "people:accept": Page("nobody", {"token": "invitation token"}, empty=FORM, error=YES),
    "people:licences": Page("manager"),
    "people:verify_licence": Page("manager", {"key": "licence"}, error=BUTTON),
    "people:renew_licence": Page("manager", {"key": "licence"}, error=YES),
    "people:suspend_licence": Page("manager", {"key": "licence"}, error=YES),
    "people:restore_licence": Page("manager", {"key": "licence"}, error=BUTTON),
    "people:rota": Page("manager", empty=YES),
    "people:put_on_duty": Page("manager", empty=FORM, error=YES, longest=NOBODY),
    "people:absences": Page("manager", empty=YES),
    "people:record_absence": Page("manager", empty=FORM, error=YES, longest=NOBODY),
    "people:hours": Page("manager"),
    "people:close_day": Page("manager", empty=FORM, error=YES, longest=NOBODY),
    "people:write_hours": Page(
        "manager", {"key": "colleague"}, error=YES, wrong={"starts_0": "09:00"}
    ),
    "people:end_role": Page("manager", {"key": "role"}, error=BUTTON),
    "people:sites": Page("manager"),
    "people:add_site": Page("manager", empty=FORM, error=YES, longest=NOBODY),
    "people:change_site": Page("manager", {"key": "site"}, empty=FORM, error=YES, longest=NOBODY),
    "people:add_room": Page("manager", {"key": "site"}, empty=FORM, error=YES, longest=NOBODY),
    "people:rooms": Page("manager"),
    "people:close_room": Page("manager", {"key": "room"}, error=BUTTON, longest=NOBODY),
    "people:open_room": Page("manager", {"key": "room"}, error=BUTTON, longest=NOBODY),
    "people:mail": Page("manager", longest=NOBODY),
    "people:show": Page("manager", {"key": "colleague"}),
    "people:give_role": Page("manager", {"key": "colleague"}, empty=FORM, error=YES),
    "people:add_licence": Page("manager", {"key": "colleague"}, empty=FORM, error=YES),
    "people:deactivate": Page("manager", {"key": "colleague"}, error=YES),
    "people:reactivate": Page("manager", {"key": "colleague"}, error=BUTTON),
    # protocol templates
    "admin:index": Page("approver", longest=NOBODY),
    "admin:clinic_protocol_changelist": Page("approver", longest=NOBODY),
    "admin:clinic_protocolversion_changelist": Page("approver", longest=NOBODY),
    "admin:clinic_protocol_upload": Page("author", empty=FORM, error=YES, longest=NOBODY),
    "admin:clinic_protocol_begin": Page("author", empty=FORM, error=YES, longest=NOBODY),
    "admin:clinic_protocol_library": Page("author", error=BUTTON, longest=NOBODY),
    "admin:clinic_protocolversion_copy": Page(
        "author", {"key": "version"}, error=BUTTON, longest=NOBODY
    ),
    "admin:clinic_protocolversion_discard": Page(
        "author", {"key": "draft"}, error=BUTTON, longest=NOBODY
    ),
    "admin:clinic_protocolversion_write": Page("author", {"key": "draft"}, longest=NOBODY),
    "admin:clinic_protocolversion_section": Page(
        "author", {"key": "draft", "section": "=watching"}, error=ANYTHING, longest=NOBODY
    ),
    "admin:clinic_protocolversion_part": Page(
        "author", {"key": "draft", "place": "=limits.0"}, error=ANYTHING, longest=NOBODY
    ),
    "admin:clinic_protocol_change": Page("author", {"key": "protocol"}, longest=NOBODY),
    "admin:clinic_protocolversion_change": Page("approver", {"key": "version"}),
    "admin:clinic_protocolversion_differences": Page("approver", {"key": "draft"}, longest=NOBODY),
    "admin:clinic_protocolversion_export": Page(
        "author", {"key": "version"}, empty=FORM, error=YES, longest=NOBODY
    ),
    "admin:clinic_protocolversion_errata": Page(
        "author", {"key": "version"}, empty=YES, longest=NOBODY
    ),
    "admin:clinic_protocolversion_errata_under": Page(
        "author", {"key": "version", "heading": "=leaving"}, longest=NOBODY
    ),
    "admin:clinic_protocolversion_erratum_propose": Page(
        "author",
        {"key": "version", "place": "=screening.items[1].text"},
        empty=FORM,
        error=YES,
        longest=NOBODY,
    ),
    "admin:clinic_protocolversion_erratum": Page(
        "approver",
        {"key": "erratum"},
        error=APART,
        longest=NOBODY,
        first="an erratum proposed",
    ),
    "admin:clinic_protocolversion_submit": Page(
        "author", {"key": "draft"}, error=BUTTON, longest=NOBODY
    ),
    "admin:clinic_protocolversion_send_back": Page(
        "approver", {"key": "draft"}, error=YES, longest=NOBODY, first="a version in review"
    ),
    "admin:clinic_protocolversion_publish": Page(
        "approver", {"key": "draft"}, error=YES, longest=NOBODY, first="a version in review"
    ),
    "admin:clinic_protocolversion_retire": Page(
        "approver", {"key": "version"}, error=YES, longest=NOBODY
    ),
    # stock
    "stock:index": Page("nurse"),
    "stock:receive": Page("nurse", empty=FORM, error=YES, longest=NOBODY),
    "stock:lot": Page("nurse", {"key": "lot"}),
    "stock:receive_more": Page("nurse", {"key": "lot"}, empty=FORM, error=YES, longest=NOBODY),
    "stock:waste": Page("nurse", {"key": "lot"}, empty=FORM, error=YES, longest=NOBODY),
    "stock:count": Page("nurse", {"key": "lot"}, empty=FORM, error=YES, longest=NOBODY),
    "stock:describe": Page("nurse", {"key": "lot"}, empty=FORM, error=YES, longest=NOBODY),
    "stock:recall": Page("nurse", {"key": "lot"}, empty=FORM, error=YES, longest=NOBODY),
    # before the session
    "screening:form": Page("intake", {"key": "screening"}, empty=YES, error=ANYTHING),
    "screening:findings": Page("prescriber", {"key": "screening"}, empty=YES),
    "screening:rule_on": Page(
        "prescriber", {"key": "screening", "item": "finding"}, empty=FORM, error=YES
    ),
    "evidence:of_case": Page("nurse", {"key": "screening"}, empty=YES),
    "evidence:enter": Page(
        "intake", {"key": "screening", "code": "finding"}, empty=FORM, error=YES
    ),
    "evidence:withdraw": Page("intake", {"key": "evidence"}, empty=FORM, error=YES),
    "medicines:of_case": Page("nurse", {"key": "screening"}, empty=YES),
    "medicines:add": Page("intake", {"key": "screening"}, empty=FORM, error=YES),
    "medicines:change": Page("intake", {"key": "medicine"}, empty=FORM, error=YES),
    "screening:review": Page("intake", {"key": "sent form"}),
    "screening:decide": Page("prescriber", {"key": "screening"}, empty=YES, error=YES),
    "screening:confirm": Page("prescriber", {"key": "screening"}),
    "documents:index": Page("facilitator", {"key": "preparing"}, empty=YES),
    "documents:sign": Page(
        "facilitator", {"key": "unsigned", "code": "text"}, empty=FORM, error=YES
    ),
    "documents:decline": Page(
        "facilitator", {"key": "unsigned", "code": "text"}, empty=FORM, error=YES
    ),
    "documents:assess": Page("facilitator", {"key": "preparing"}, empty=YES, error=YES),
    "documents:show": Page("facilitator", {"key": "document"}),
    "signatures:of_case": Page("nurse", {"key": "signed case"}, empty="one sentence, as elsewhere"),
    "signatures:show": Page("nurse", {"key": "signature"}),
    "signatures:countersign": Page("prescriber", {"key": "signature"}, empty=FORM, error=YES),
    "signatures:propose": Page("facilitator", {"key": "signature"}, empty=FORM, error=YES),
    "signatures:amendment": Page("prescriber", {"key": "amendment"}),
    "documents:withdraw": Page("facilitator", {"key": "document"}, empty=FORM, error=ANYTHING),
    "documents:reaffirm": Page("facilitator", {"key": "document"}, error=BUTTON),
    "checklists:read": Page("facilitator", {"key": "complete form"}),
    "checklists:fill": Page(
        "facilitator", {"key": "form"}, empty=FORM, error=YES, button="complete"
    ),
    "checklists:reopen": Page("facilitator", {"key": "complete form"}, error=YES),
    "checklists:start": Page(
        "facilitator", {"key": "preparing", "code": "=phq-9"}, empty=FORM, error=BUTTON
    ),
    "house:index": Page("prescriber", empty=YES, longest=NOBODY),
    "house:state": Page("prescriber", {"key": "version"}, empty=FORM, error=YES, longest=NOBODY),
    "house:show": Page(
        "medical_lead",
        {"key": "house value"},
        error=APART,
        longest=NOBODY,
        first="a house value stated",
    ),
    "texts:index": Page("manager", empty="every house asks for the papers of who leaves"),
    "texts:show": Page("manager", {"code": "=ketamine-consent"}),
    "texts:write": Page(
        "manager",
        {"code": "=ketamine-consent", "language": "=en"},
        empty=FORM,
        error=YES,
        longest=NOBODY,
    ),
    "texts:read": Page(
        "manager", {"code": "=ketamine-consent", "language": "=en", "version": "=1"}
    ),
    "wording:index": Page("manager", longest=NOBODY),
    "wording:show": Page("manager", {"code": "=who-5"}, error=YES, longest=NOBODY),
    "wording:load": Page(
        "manager",
        {"code": "=dast-10"},
        empty=FORM,
        error=YES,
        longest=NOBODY,
        first="terms accepted",
    ),
    "booking:week": Page("intake", empty=YES),
    "booking:feed": Page(
        "facilitator", empty="without an address it is one button", longest=NOBODY
    ),
    "booking:of_case": Page("intake", {"key": "preparing"}, empty=YES),
    "booking:book": Page(
        "intake",
        {"key": "preparing"},
        empty=FORM,
        error=YES,
        query="?visit=integration:integration",
    ),
    "booking:course": Page(
        "intake",
        {"key": "preparing"},
        error=YES,
        query="?earliest=2027-01-04&weeks=8&sessions=1",
    ),
    "booking:show": Page("intake", {"key": "visit"}),
    "booking:follow": Page("intake", {"key": "visit"}, error=YES),
    "booking:reschedule": Page("intake", {"key": "visit"}, empty=FORM, error=YES),
    "booking:cancel": Page("intake", {"key": "visit"}, empty=FORM, error=YES),
    "booking:no_show": Page("intake", {"key": "visit"}, error=ANYTHING),
    "booking:arrive": Page("intake", {"key": "visit"}, error=BUTTON),
    "booking:whereabouts": Page("intake", {"key": "visit by video"}, empty=FORM, error=YES),
    "booking:took_place": Page("intake", {"key": "visit by video"}, error=BUTTON),
    "attention:index": Page("nurse", empty=YES),
    "attention:show": Page("nurse", {"key": "matter"}, empty=FORM),
    "messages:index": Page("facilitator", {"key": "in aftercare"}, empty=YES),
    "links:index": Page("facilitator", {"key": "preparing"}, empty=YES),
    "links:packet": Page("nobody", {"token": "packet token"}, longest=ALONE),
    "links:open": Page(
        "nobody", {"token": "link token"}, empty=FORM, error=YES, longest=ALONE, button="complete"
    ),
    "links:tell": Page("nobody", {"token": "link token"}, empty=FORM, error=YES, longest=ALONE),
    "links:told": Page("nobody", {"token": "link token"}, longest=ALONE),
    "links:thanks": Page("nobody", {"token": "link token"}, longest=ALONE, first="a form answered"),
    "preparation:show": Page("facilitator", {"key": "preparing"}, empty=YES),
    "preparation:ready": Page("facilitator", {"key": "unsigned"}),
    "preparation:way_home": Page("facilitator", {"key": "preparing"}, empty=FORM, error=YES),
    "preparation:decide_past": Page(
        "prescriber", {"key": "preparing", "code": "=vitals"}, empty=FORM, error=YES
    ),
    "preparation:visit": Page("facilitator", {"key": "preparation visit"}, error=DONE),
    # the session
    "supervised:show": Page("nurse", {"key": "live"}, empty=YES),
    "supervised:record": Page("nurse", {"key": "signed"}),
    "supervised:presence": Page("nurse", {"key": "live"}, empty=FORM, error=YES),
    "supervised:hand_over": Page("nurse", {"key": "live"}, empty=FORM, error=YES),
    "supervised:checks": Page("third nurse", {"key": "waiting"}, empty=FORM, error=DONE),
    "supervised:abandon": Page("third nurse", {"key": "waiting"}, empty=FORM, error=YES),
    "supervised:observe": Page("nurse", {"key": "live"}, empty=FORM, error=YES),
    "supervised:correct": Page("nurse", {"key": "live", "set_key": "set"}, empty=FORM, error=YES),
    "supervised:order": Page("prescriber", {"key": "waiting"}, empty=FORM, error=YES),
    "supervised:prepare": Page(
        "third nurse", {"key": "waiting"}, empty=FORM, error=YES, first="a dose ordered"
    ),
    "supervised:give": Page(
        "third nurse", {"key": "waiting"}, empty=FORM, error=YES, first="a dose prepared"
    ),
    "supervised:record_dose": Page("nurse", {"key": "live"}, empty=FORM, error=YES),
    "supervised:discard": Page("nurse", {"key": "order"}, empty=FORM, error=GIVEN),
    "supervised:note": Page("nurse", {"key": "live"}, empty=FORM, error=YES),
    "supervised:rescue": Page("nurse", {"key": "live"}, empty=FORM, error=BUTTON),
    "supervised:adverse_event": Page("nurse", {"key": "live"}, empty=FORM, error=YES),
    "supervised:assess": Page("nurse", {"key": "adverse event"}, empty=FORM, error=YES),
    "supervised:criteria": Page("nurse", {"key": "live"}, empty=FORM, error=YES, button="finish"),
    "supervised:release": Page("nurse", {"key": "live"}, empty=FORM, error=NOT_YET),
    "supervised:describe": Page(
        "nurse", {"key": "live"}, empty=FORM, error=YES, first="a person transferred"
    ),
    "supervised:sign": Page(
        "nurse", {"key": "live"}, empty=FORM, error=YES, first="a transfer described"
    ),
    # after
    "integration:visit": Page("facilitator", {"key": "integration visit"}, empty=YES),
    "integration:settle": Page("facilitator", {"key": "commitment"}, empty=FORM, error=YES),
    "integration:measures": Page("facilitator", {"key": "in aftercare"}, empty=YES),
    "aftercare:index": Page("facilitator", {"key": "in aftercare"}, empty=YES),
    "aftercare:touchpoint": Page("facilitator", {"key": "touchpoint"}, empty=FORM, error=YES),
    "reports:index": Page("medical_lead", empty=YES, first="a report due"),
    "reports:show": Page("medical_lead", {"key": "report"}, error=APART, first="a report due"),
    "reports:print": Page(
        "medical_lead", {"key": "report"}, empty=FORM, error=YES, first="a report due"
    ),
    # signing in: the library's pages in our frame
    "account_login": Page("nobody", empty=FORM, error=YES, longest=ALONE),
    "account_logout": Page("nurse", error=BUTTON, longest=NOBODY),
    "account_inactive": Page("nobody", longest=ALONE),
    "account_signup": Page("nobody", longest=ALONE),
    "account_reauthenticate": Page("nurse", empty=FORM, error=YES, longest=NOBODY),
    "account_email": Page("nurse", empty=FORM, error=YES, longest=NOBODY, button="action_add"),
    "account_email_verification_sent": Page("nobody", longest=ALONE),
    "account_change_password": Page("nurse", empty=FORM, error=YES, longest=NOBODY),
    "account_reset_password": Page("nobody", empty=FORM, error=YES, longest=ALONE),
    "account_reset_password_done": Page("nobody", longest=ALONE),
    "account_reset_password_from_key_done": Page("nobody", longest=ALONE),
    "account_reset_password_from_key": Page(
        "nobody", {"uidb36": "reset id", "key": "reset key"}, empty=YES, error=YES, longest=ALONE
    ),
    "mfa_index": Page("nurse", longest=NOBODY),
    "mfa_activate_totp": Page("nurse", empty=FORM, error=YES, longest=NOBODY),
    "mfa_list_webauthn": Page("nurse", longest=NOBODY),
    "mfa_add_webauthn": Page("nurse", empty=FORM, longest=NOBODY),
    "door:second_factor": Page("nurse", longest=NOBODY),
    "door:codes": Page("nurse", longest=NOBODY, error=YES, first="a second factor"),
    "door:unlock": Page("nurse", empty=FORM, error=YES, longest=NOBODY),
    "door:end_sign_ins": Page("manager", {"key": "colleague"}, error=BUTTON),
    "door:reset_second_factor": Page("manager", {"key": "colleague"}, error=YES),
    "door:leave": Page("manager", {"key": "colleague"}, error=YES),
    "mfa_generate_recovery_codes": Page(
        "nurse", longest=NOBODY, error=BUTTON, first="a second factor"
    ),
    "mfa_deactivate_totp": Page("nurse", longest=NOBODY, error=BUTTON, first="a second factor"),
    "usersessions_list": Page("nurse", longest=NOBODY),
}

NO_PICTURE: dict[str, str] = {
    "welcome": "stands only where no clinic is yet: test_the_first_start pictures it",
    "health": "answers a machine",
    "ready": "answers a machine",
    "cases:import_template": "is a file",
    "booking:read_feed": "is a file for a calendar program",
    "casefile:print": "writes in the trail and opens the browser's own printing",
    "supervised:print": "writes in the trail and opens the browser's own printing",
    "trail:print": "writes in the trail and opens the browser's own printing",
    "cases:elsewhere": "for who decides at two sites: the journey of two records looks at it",
    "cases:link": "as the records at other sites",
    "cases:unlink": "as the records at other sites",
    "cases:tell_apart": "as the records at other sites",
    "cases:retract": "as the records at other sites",
    "supervised:live": "the moving part of the run sheet, pictured with it",
    "mfa_view_recovery_codes": "leads to our page of the codes, pictured as door:codes",
    "mfa_download_recovery_codes": "leads to our page of the codes",
    "door:state": "answers the page's own script",
    "mfa_login_webauthn": "answers the browser's own passkey dialog",
    "mfa_authenticate": "follows the password of who has a second factor; the same form as proof",
    "mfa_reauthenticate": "the code in place of the password; the same form as proof",
    "mfa_reauthenticate_webauthn": "the passkey in place of the password; the same form as proof",
    "mfa_edit_webauthn": "the name of one passkey, which no machine here holds",
    "mfa_remove_webauthn": "one press for one passkey, which no machine here holds",
    "account_set_password": "for who has none; everybody here comes with a password",
    "account_confirm_login_code": "signing in by code is not offered",
    "account_confirm_email": "an address is vouched for by who invites",
}


def pages():
    """The name of every page of ours and of the library that signs people in."""
    for _, name, view in every_view():
        module = view.__module__ or ""
        library = next((known for known in GUARDED_ELSEWHERE if module.startswith(known)), None)
        if library in {None, *LIBRARIES} and not takes_a_press_only(view):
            yield name


def takes_a_press_only(view):
    """Whether the view refuses to be opened: its guard takes no GET."""
    while view is not None:
        if view.__closure__:
            held = dict(zip(view.__code__.co_freevars, view.__closure__, strict=True))
            if "request_method_list" in held:
                return "GET" not in held["request_method_list"].cell_contents
        view = getattr(view, "__wrapped__", None)
    return False
