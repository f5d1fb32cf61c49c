"""Uses of filters whose removal alone turns no cell red, each with what holds in its place."""

# A rule that asks once more what the page before it has asked: the act stands behind other doors too.
# Without the rule's use alone the page still refuses; without both, a cell is red.
SECOND: dict[tuple[str, str, str], tuple[str, str, str]] = {
    ("clinic/people/rules.py", "_manages", "sites_where"): (
        "clinic/people/views.py", "_of_licence", "visible_licences",
    ),
    ("clinic/safety/concerns/rules.py", "obstacles_to_note", "visible_concerns"): (
        "clinic/safety/concerns/views.py", "_concern", "visible_concerns",
    ),
}  # fmt: skip

# (file, function, guard): why no cell tells
UNNOTICED: dict[tuple[str, str, str], str] = {}
