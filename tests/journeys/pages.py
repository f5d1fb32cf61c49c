"""Every page of the product outside the admin site, counted from its addresses."""

from tests.matrix.cells import our_routes

# Addresses that only take what is posted and lead to a page that is looked at.
ONLY_POSTED = {
    "aftercare:begin", "aftercare:call_off", "aftercare:close", "aftercare:made",
    "aftercare:next_cycle", "aftercare:not_reached", "attention:close", "attention:take",
    "cases:died", "cases:end_contact", "cases:leave", "cases:leave_team", "checklists:autosave",
    "integration:addition", "integration:commitment", "integration:finish", "integration:note",
    "integration:process", "links:revoke", "links:save", "messages:cancel",
    "people:remove_absence", "people:take_off_duty", "preparation:begin",
    "preparation:declare_ready", "preparation:not_ready", "screening:autosave",
    "safety:assign", "safety:close", "safety:close_concern", "safety:hear", "safety:note",
    "safety:note_concern", "screening:reopen", "supervised:check_in", "supervised:door", "supervised:event",
    "supervised:help", "supervised:reaffirm", "supervised:ready", "supervised:undo",
    "supervised:withdraw", "signatures:accept", "signatures:refuse", "theme",
}  # fmt: skip

# Addresses that are no page, or one that stands for a moment only, and why.
LEFT_OUT = {
    "health": "a word for machines",
    "ready": "a word for machines",
    "supervised:live": "a part of the run sheet, read again every few seconds",
    "break_glass:break": "an emergency is not on the walk",
    "break_glass:give_back": "an emergency is not on the walk",
    "break_glass:index": "an emergency is not on the walk",
    "break_glass:show": "an emergency is not on the walk",
    "casefile:print": "made for paper",
    "links:tell": "told in test_concern.py",
    "links:told": "told in test_concern.py",
    "safety:concern": "told in test_concern.py",
    "safety:concerns": "told in test_concern.py",
    "safety:index": "told in test_concern.py",
    "safety:report": "told in test_concern.py",
    "safety:report_on": "told in test_concern.py",
    "safety:show": "told in test_concern.py",
    "roles": "nobody on the walk opens it",
    "supervised:print": "made for paper",
    "trail:index": "nobody on the walk reads the trail",
    "trail:patient": "nobody on the walk reads the trail",
    "trail:patients": "nobody on the walk reads the trail",
    "trail:print": "nobody on the walk reads the trail",
    "welcome": "stands on the first start only; here the clinic has begun its work",
}

# Pages that stand only for the moment between two acts: the walk looks at them on its way.
ON_THE_WALK = {"links:thanks", "supervised:give", "supervised:prepare"}


def every_page():
    """The names of all pages there are, those of the admin site apart."""
    return sorted(
        name
        for name in our_routes()
        if name not in ONLY_POSTED | LEFT_OUT.keys() and not name.startswith("admin:")
    )


def by_slice():
    """The pages that are looked at one by one, slice by slice."""
    slices = {}
    for name in every_page():
        if name not in ON_THE_WALK:
            space = name.partition(":")[0] if ":" in name else "pages"
            slices.setdefault(space, []).append(name)
    return slices
