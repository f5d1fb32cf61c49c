"""Every page of the product outside the admin site, as the pictures count them.

The pages of the admin that are ours are looked at by whoever walks through them.
"""

from tests.screens.pages import NO_PICTURE, pages

# They are not pictured, for they open the browser's own printing; axe can look at them.
MADE_FOR_PAPER = {"casefile:print", "supervised:print", "trail:print"}

# Pages that stand only for the moment between two acts: the walk looks at them on its way.
ON_THE_WALK = {"links:thanks", "supervised:give", "supervised:prepare"}

# Told in confidence: the journey that tells it looks at them.
IN_CONFIDENCE = {"links:tell", "links:told", "safety:concern", "safety:concerns"}

# The library's pages of signing in: whoever meets one on the way looks at it.
LIBRARY = ("account_", "mfa_", "usersessions_")


def every_page():
    """The names of all pages there are, those of the admin site apart."""
    left_out = NO_PICTURE.keys() - MADE_FOR_PAPER
    elsewhere = ("admin:", *LIBRARY)
    return sorted(name for name in set(pages()) - left_out if not name.startswith(elsewhere))


def by_slice():
    """The pages that are looked at one by one, slice by slice."""
    slices = {}
    for name in every_page():
        if name not in ON_THE_WALK | IN_CONFIDENCE:
            space = name.partition(":")[0] if ":" in name else "pages"
            slices.setdefault(space, []).append(name)
    return slices
