"""What ties a member of staff to cases: asked when they leave."""

from django.urls import reverse

from clinic.people.door.ties import HOLDINGS, Holding


def care_teams(user, at):
    """How many care teams somebody is in: whoever sees the case hands it over in its file."""
    count = user.teams.filter(until__isnull=True).count()
    if not count:
        return []
    words = "the care team of one case" if count == 1 else f"the care teams of {count} cases"
    return [Holding(f"In {words}: a colleague of the team takes over", reverse("cases:index"))]


HOLDINGS.append(care_teams)
