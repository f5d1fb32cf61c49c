"""Every button that no other journey presses: on which page it stands, and whose it is.

Whoever presses it opens the page, fills in what the form asks for and presses. The table says only
what cannot be guessed: most fields take any words.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Button:
    """One button: its words, the page it stands on, who presses it, and what they say."""

    words: str
    on: str
    by: str = "prescriber"
    said: dict[str, str] = field(default_factory=dict)  # by the name of the field
    sees: str = ""  # what the page that comes next says
    after: "Button | None" = None  # what is pressed before it
    to: str = ""  # the route its form is sent to, where it is not the page's own

    def __str__(self):
        return f"{self.on}-{self.words.lower().replace(' ', '-')}"


WITNESS = {"second_email": "prescriber@vigil.example"}
CLOSE = Button("Close the room", "people:close_room", "manager")
STOP = Button("Stop the account", "people:deactivate", "manager")
SUSPEND = Button("Suspend it", "people:suspend_licence", "manager")
ACCEPT = Button("Accept the terms", "wording:show", "manager")

BUTTONS = [
    # people in care
    Button("Correct", "cases:correct", "intake"),
    Button("Record the death", "cases:patient", to="cases:died"),
    Button("No longer a contact", "cases:contacts", "intake", to="cases:end_contact"),
    Button("They agreed", "cases:contacts", "intake", {"agree-channel": "post"}, to="cases:agree"),
    Button("Taken back", "cases:contacts", "intake", to="cases:take_back"),
    Button("I have seen it", "cases:guardianship", "intake", sees="is written down."),
    Button("Place the hold", "cases:hold", "medical_lead", sees="The hold is placed."),
    Button("Sign and lift", "cases:hold", "medical_lead", sees="The hold is lifted."),
    Button("Suspend this case", "cases:lifecycle", to="cases:leave"),
    Button("Record the withdrawal", "cases:lifecycle", to="cases:leave"),
    Button("Record as lost", "cases:lifecycle", to="cases:leave"),
    Button("Add", "cases:team", "facilitator"),
    Button("Leaves the team", "cases:team", "facilitator", to="cases:leave_team"),
    Button("Keep the review", "break_glass:show", "medical_lead", sees="The review is kept."),
    Button("Write it down and print", "casefile:print"),
    # what was signed
    Button("Sign and accept", "signatures:amendment", to="signatures:accept"),
    Button("Sign", "signatures:countersign"),
    Button("It still holds today", "documents:reaffirm", "facilitator"),
    Button("Take back now", "documents:withdraw", "facilitator"),
    Button("Write it down", "documents:decline", "facilitator", sees="declined to sign."),
    Button(
        "Write the assessment down",
        "documents:assess",
        "facilitator",
        {"assessed_at": "2026-11-17T10:00"},
        sees="The assessment is written down.",
    ),
    Button("Open it again", "screening:findings", "facilitator", to="screening:reopen"),
    # what is due
    Button("Sign: sent", "reports:show", sees="the report was sent", to="reports:send"),
    Button("Sign: not owed", "reports:show", to="reports:set_aside"),
    Button("Write it down and print", "reports:print"),
    Button("Stop A word", "messages:index", "nurse", to="messages:cancel"),
    Button(
        "Send them together",
        "links:index",
        "intake",
        {"packet-codes": "phq-9", "packet-by_email": "no"},
        sees="Hand this over now",
        to="links:send_packet",
    ),
    Button("Take over what is ticked", "screening:review", "intake", {"items": "age"}),
    Button("Leave what is ticked", "screening:review", "intake", {"items": "psychosis"}),
    Button("Take back the link", "links:index", "intake", to="links:revoke"),
    Button("Tell them", "links:tell", "nobody", sees="Thank you for telling us"),
    # before and after
    Button("Call off the visit", "booking:cancel", "intake"),
    Button("Make a new address", "booking:feed", "facilitator", to="booking:make_feed"),
    Button(
        "End the address",
        "booking:feed",
        "facilitator",
        sees="The address has ended.",
        to="booking:end_feed",
    ),
    # The nurse of this clinic works on Mondays alone.
    Button("Move", "booking:reschedule", "intake", {"day": "2026-11-23"}),
    Button("Sign and decide past", "preparation:decide_past"),
    Button("Add", "integration:visit", "facilitator", to="integration:addition"),
    Button("Save the process note", "integration:visit", "facilitator", to="integration:process"),
    Button("Keep this", "integration:settle", "facilitator"),
    Button("Not reached", "aftercare:touchpoint", "nurse", to="aftercare:not_reached"),
    Button("Call it off", "aftercare:touchpoint", "nurse", to="aftercare:call_off"),
    Button("Prepare another session", "aftercare:index", to="aftercare:next_cycle"),
    # in the session
    Button("Call for help", "supervised:show", "nurse", to="supervised:help"),
    Button("Withdraw Touch agreement", "supervised:show", "nurse", to="supervised:withdraw"),
    Button("Ready to leave", "supervised:show", "nurse", to="supervised:ready"),
    Button("Transferred", "supervised:show", "nurse", to="supervised:door"),
    Button("Left against advice", "supervised:show", "nurse", to="supervised:door"),
    Button("Left unseen", "supervised:show", "nurse", to="supervised:door"),
    Button("Save", "supervised:correct", "nurse"),
    Button("Save", "supervised:note", "nurse"),
    Button("Save", "supervised:presence", "nurse"),
    Button("Hand over", "supervised:hand_over", "facilitator"),
    Button("Record the dose", "supervised:record_dose"),
    Button("Give it up", "supervised:abandon"),
    Button("Write it down and print", "supervised:print"),
    # substances
    Button("Receive", "stock:receive", "nurse", {"quantity": "10", "number": "L-77"}),
    Button("Add", "stock:receive_more", "nurse", {"quantity": "10"}),
    Button(
        "Record the count",
        "stock:count",
        "nurse",
        WITNESS | {"counted": "10", "reason": "One broke."},
    ),
    Button(
        "Record as wasted",
        "stock:waste",
        "nurse",
        WITNESS | {"quantity": "1", "reason": "It fell."},
    ),
    Button("Recall the lot", "stock:recall", "nurse", {"reason": "Another report."}),
    # safety
    Button("Report", "safety:report", "nurse"),
    Button("Keep the note", "safety:show", "medical_lead", to="safety:note"),
    # values of the house
    Button("State it", "house:state", said={"value": "21"}),
    Button(
        "Sign and approve",
        "house:show",
        "medical_lead",
        sees="It counts from now on.",
        to="house:approve",
    ),
    Button("Sign and end", "house:show", "medical_lead", to="house:end"),
    # staff and places
    Button("Send the invitation", "people:invite", "manager"),
    Button("Take it back", "people:revoke", "manager"),
    Button("Set the password and come in", "people:accept", "nobody"),
    Button("Save", "people:give_role", "manager"),
    Button("End the role", "people:end_role", "manager"),
    Button("Save", "people:add_licence", "manager", {"acts": "prepare"}),
    Button("Save", "people:renew_licence", "manager", {"valid_until": "2031-12-31"}),
    SUSPEND,
    Button("Restore it", "people:restore_licence", "manager", after=SUSPEND),
    Button("Save", "people:add_site", "manager", {"zone": "Europe/Lisbon", "name": "Quay House"}),
    Button("Save", "people:change_site", "manager"),
    Button("Save", "people:add_room", "manager"),
    CLOSE,
    Button("Open the room", "people:open_room", "manager", after=CLOSE),
    Button("Save", "people:put_on_duty", "manager", {"ends": "16:00"}),
    Button("Take off", "people:rota", "manager", to="people:take_off_duty"),
    Button("Save", "people:record_absence", "manager"),
    Button("Take back the absence", "people:absences", "manager", to="people:remove_absence"),
    STOP,
    Button("Open it again", "people:reactivate", "manager", after=STOP),
    Button("Sign out everywhere", "door:end_sign_ins", "manager"),
    Button("Send a test message to myself", "people:mail", "manager"),
    Button("Save", "settings", "manager"),
    ACCEPT,
    Button("Go on", "door:codes", "second_nurse"),
    Button("Search", "trail:index", "privacy_officer"),
    Button("All of the trail", "trail:patient", "privacy_officer", to="trail:index"),
    Button("Find", "trail:patients", "privacy_officer"),
    Button("Write it down and print", "trail:print", "privacy_officer"),
    Button("Dim screen", "casefile:dashboard", "nurse", to="theme"),
]

# What is pressed in a journey of its own: by its test, the routes the forms are sent to.
WALKED = {
    "test_doors.py::test_a_dose_that_was_drawn_is_wasted_before_a_witness": {
        "supervised:discard",
    },
    "test_at_the_desk.py::test_a_licence_is_recorded_and_its_proof_seen": {
        "people:verify_licence",
    },
    "test_at_the_desk.py::test_answers_that_grew_too_old_are_asked_anew": {
        "screening:begin_anew",
    },
    "test_deciding.py::test_a_deferral_comes_due_and_ends_in_a_decline_for_a_reason": {
        "screening:confirm",
    },
    "test_concern.py::"
    "test_a_concern_is_read_by_the_safety_lead_and_is_nowhere_for_whom_it_is_about": {
        "safety:close_concern",
        "safety:hear",
        "safety:note_concern",
    },
    "test_at_the_desk.py::test_one_visit_begins_and_another_is_missed": {
        "booking:arrive",
        "booking:no_show",
    },
    "test_at_the_desk.py::test_who_declared_somebody_ready_takes_it_back": {
        "preparation:not_ready",
    },
    "test_at_the_desk.py::test_a_sign_in_on_another_device_is_ended": {
        "door:end_sign_in",
    },
    "test_at_the_desk.py::test_somebody_leaves_the_clinic": {
        "door:leave",
    },
    "test_at_the_desk.py::test_the_text_of_a_questionnaire_is_loaded": {
        "wording:load",
    },
    "test_at_the_desk.py::test_a_text_in_a_second_language_is_written_and_signed": {
        "texts:take_in",
        "texts:write",
    },
    "test_stock.py::test_a_lot_that_nobody_described_is_described_and_then_put_right": {
        "stock:describe",
    },
    "test_importing.py::test_a_file_is_mended_looked_through_and_imported": {
        "cases:import",
        "cases:import_people",
        "cases:set_import_aside",
    },
    "test_merging.py::test_two_records_of_one_person_become_one_and_are_parted": {
        "cases:merge",
        "cases:part",
    },
    "test_merging.py::test_records_of_two_sites_are_linked_or_told_apart_and_either_is_ended": {
        "cases:elsewhere",
        "cases:link",
        "cases:unlink",
        "cases:tell_apart",
        "cases:retract",
    },
    "test_booking.py::test_a_week_of_work_and_a_closed_day_are_written_by_the_manager": {
        "people:write_hours",
        "people:close_day",
        "people:open_day",
    },
    "test_booking.py::test_a_whole_course_is_proposed_changed_and_booked": {
        "booking:course",
    },
    "test_booking.py::test_a_session_that_is_moved_takes_what_depends_on_it_along": {
        "booking:follow",
    },
    "test_evidence.py::test_a_letter_is_entered_read_and_settled_by": {
        "evidence:enter",
        "evidence:open_file",
        "evidence:withdraw",
        "medicines:add",
        "medicines:change",
    },
    "test_at_a_distance.py::test_a_visit_by_video_begins_with_where_the_person_is_now": {
        "booking:took_place",
        "booking:whereabouts",
    },
    "test_break_glass.py::test_a_record_is_opened_outside_care_and_the_opening_is_reviewed": {
        "break_glass:break",
        "break_glass:give_back",
    },
    "test_amendment.py::test_a_case_is_moved_to_the_version_in_force": {
        "cases:move",
    },
    "test_amendment.py::test_an_erratum_is_refused_and_another_is_taken_back": {
        "admin:clinic_protocolversion_erratum_refuse",
        "admin:clinic_protocolversion_erratum_withdraw",
    },
    "test_a_new_protocol.py::"
    "test_a_version_is_copied_sent_back_discarded_and_the_first_one_retired": {
        "admin:clinic_protocolversion_copy",
        "admin:clinic_protocolversion_discard",
        "admin:clinic_protocolversion_export",
        "admin:clinic_protocolversion_retire",
        "admin:clinic_protocolversion_send_back",
    },
    "test_a_new_protocol.py::test_an_author_writes_a_protocol_and_the_approver_publishes_it": {
        "admin:clinic_protocol_begin",
        "admin:clinic_protocolversion_part",
        "admin:clinic_protocolversion_section",
    },
    "test_the_walk.py::test_one_person_walks_from_the_referral_to_the_end_of_aftercare": {
        "admin:clinic_protocol_upload",
        "admin:clinic_protocolversion_publish",
        "admin:clinic_protocolversion_submit",
        "aftercare:begin",
        "aftercare:close",
        "aftercare:made",
        "attention:close",
        "attention:take",
        "booking:book",
        "cases:contacts",
        "cases:identity",
        "cases:refer",
        "cases:register",
        "cases:search",
        "checklists:fill",
        "checklists:start",
        "documents:sign",
        "integration:commitment",
        "integration:finish",
        "integration:note",
        "links:index",
        "links:open",
        "links:save",
        "preparation:begin",
        "preparation:declare_ready",
        "preparation:visit",
        "preparation:way_home",
        "screening:decide",
        "screening:form",
        "screening:rule_on",
        "supervised:adverse_event",
        "supervised:assess",
        "supervised:check_in",
        "supervised:checks",
        "supervised:criteria",
        "supervised:event",
        "supervised:give",
        "supervised:observe",
        "supervised:order",
        "supervised:prepare",
        "supervised:reaffirm",
        "supervised:release",
        "supervised:sign",
        "supervised:undo",
    },
    "test_amendment.py::test_an_erratum_is_read_on_the_case_and_what_was_signed_keeps_its_words": {
        "admin:clinic_protocolversion_erratum_approve",
        "admin:clinic_protocolversion_erratum_propose",
    },
    "test_the_door.py::test_a_lost_second_factor": {
        "door:reset_second_factor",
    },
    "test_the_door.py::test_a_lock_in_the_middle_of_a_note": {
        "door:unlock",
    },
    "test_concern.py::test_a_near_miss_from_the_case_file_is_looked_after_and_closed": {
        "safety:assign",
        "safety:close",
        "safety:report_on",
    },
    "test_amendment.py::test_an_amendment_is_refused_and_stays_readable": {
        "signatures:propose",
        "signatures:refuse",
    },
    "test_doors.py::test_one_tap_opens_a_door": {
        "supervised:describe",
    },
}


def pressed():
    """The routes to which somebody sends a form in some journey."""
    return {each.to or each.on for each in BUTTONS}.union(*WALKED.values())
