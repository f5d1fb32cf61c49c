"""When somebody works at a site, and the days on which a site is closed."""

from django.db import models
from django.db.models import CheckConstraint, F, Q

from clinic.people.models import Site, User
from clinic.records import AtSite, actor

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class WorkingHours(AtSite):
    """From when until when somebody works at a site on one day of the week.

    Of whom nothing is written, nothing is known: they may be asked at any hour the site is open.
    """

    SITE_FROM = None
    site = models.ForeignKey(Site, models.PROTECT, related_name="working_hours")
    user = models.ForeignKey(User, models.PROTECT, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField(choices=list(enumerate(WEEKDAYS)))
    starts = models.TimeField()
    ends = models.TimeField()
    written_at = models.DateTimeField()
    written_by = actor()

    class Meta:
        ordering = ["weekday"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "user", "weekday"], name="a_weekday_has_one_stretch_of_work"
            ),
            CheckConstraint(name="work_ends_after_it_begins", condition=Q(ends__gt=F("starts"))),
            CheckConstraint(name="a_week_has_seven_days", condition=Q(weekday__lte=6)),
        ]

    def __str__(self):
        return f"{self.user}: {self.get_weekday_display()}"


class ClosedDay(AtSite):
    """A day on which a site sees nobody: a public holiday, a day for the staff."""

    SITE_FROM = None
    site = models.ForeignKey(Site, models.PROTECT, related_name="closed_days")
    day = models.DateField()
    name = models.CharField(max_length=80)
    written_at = models.DateTimeField()
    written_by = actor()

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["site", "day"], name="a_day_is_closed_once")]

    def __str__(self):
        return f"{self.name}, {self.day:%d %b %Y}"
