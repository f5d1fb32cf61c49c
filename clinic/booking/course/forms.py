"""Whether the wishes for a course are well-formed, and each visit of its draft."""

from datetime import timedelta

from django import forms
from django.forms.utils import ErrorDict, ErrorList

from clinic.booking.course.wanted import MOST_SESSIONS
from clinic.booking.course.wishes import Wishes
from clinic.booking.forms import BESIDES, VisitForm
from clinic.people.hours.models import WEEKDAYS

MOST_VISITS = 60


def _weekdays(label, **options):
    return forms.TypedMultipleChoiceField(
        label=label,
        required=False,
        coerce=int,
        choices=list(enumerate(WEEKDAYS)),
        widget=forms.CheckboxSelectMultiple,
        **options,
    )


class WishesForm(forms.Form):
    """Cleans to wishes."""

    earliest = forms.DateField(
        label="Not before", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    weeks = forms.IntegerField(
        label="Within how many weeks", min_value=1, max_value=52, help_text="From that day."
    )
    sessions = forms.IntegerField(
        label="Sessions",
        min_value=1,
        max_value=MOST_SESSIONS,
        help_text="This one and those of the cycles to come.",
    )
    weekdays = _weekdays("On these days", help_text="None chosen: on any day.")
    begins = forms.TimeField(
        label="Talks not before", required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    ends = forms.TimeField(
        label="Talks over by", required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    at_distance = forms.BooleanField(
        label="Talks at a distance, where the protocol allows it", required=False
    )

    def __init__(self, *args, today, staff, titles, has_interpreter, **kwargs):
        super().__init__(*args, **kwargs)
        self.today, self.capacities = today, list(titles)
        if has_interpreter:
            self.fields["interpreter_days"] = _weekdays(
                "The interpreter can come on", help_text="None chosen: on any day."
            )
        for capacity, title in titles.items():
            self.fields[f"person_{capacity}"] = forms.ModelChoiceField(
                queryset=staff[capacity], label=title, required=False, empty_label="Anybody"
            )

    def clean_earliest(self):
        earliest = self.cleaned_data["earliest"]
        if not self.today <= earliest <= self.today + timedelta(days=730):
            raise forms.ValidationError("Choose a day from today on, within two years.")
        return earliest

    def clean(self):
        cleaned = super().clean()
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", "This is before talks begin.")
        return cleaned

    @property
    def when(self):
        return [self[name] for name in ("earliest", "weeks", "sessions")]

    @property
    def on_days(self):
        return [self[name] for name in ("weekdays", "interpreter_days") if name in self.fields]

    @property
    def hours(self):
        return [self[name] for name in ("begins", "ends")]

    @property
    def who(self):
        return [self[f"person_{capacity}"] for capacity in self.capacities]

    @property
    def wishes(self):
        """What was wished for, once the form is valid."""
        given = self.cleaned_data
        people = {name: given.get(f"person_{name}") for name in self.capacities}
        return Wishes(
            earliest=given["earliest"],
            weeks=given["weeks"],
            sessions=given["sessions"],
            weekdays=tuple(given["weekdays"]),
            begins=given["begins"],
            ends=given["ends"],
            interpreter_days=tuple(given.get("interpreter_days", ())),
            at_distance=given["at_distance"],
            people={name: user for name, user in people.items() if user},
        )


class CourseVisitForm(VisitForm):
    """One visit of a draft, which may be changed or left out."""

    visit = forms.CharField(widget=forms.HiddenInput)
    wanted = forms.BooleanField(label="Book this one", required=False)
    overlap_reason = None  # a course lies over nothing

    def __init__(self, *args, rule, number, note="", offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.rule, self.number, self.note = rule, number, note
        # The same few people are offered at every visit: asked for once.
        for name, capacity in self.seats:
            self.fields[name].choices = [("", "Choose"), *offered[capacity]]

    def full_clean(self):
        # What is left out of the course is not asked about.
        if self.is_bound and not self.data.get(self.add_prefix("wanted")):
            self._errors, self.cleaned_data = ErrorDict(), {}
            return
        super().full_clean()

    @property
    def booking(self):
        """What is to be booked, once the form is valid; nothing where it is left out."""
        given = self.cleaned_data
        if not given.get("wanted"):
            return None
        return {
            "stage": self.rule.stage.value,
            "code": self.rule.code,
            "number": self.number,
            "room": given["room"],
            "people": given["people"],
            "starts_at": given["starts_at"],
            "ends_at": given["ends_at"],
        } | _besides(given)


class FollowerForm(CourseVisitForm):
    """One visit that is to follow its session to another time."""

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, **kwargs)
        self.row = row
        self.fields["wanted"].label = "Move this one"

    @property
    def booking(self):
        """Where the visit is to be moved, once the form is valid; nothing where it stays."""
        given = self.cleaned_data
        if not given.get("wanted"):
            return None
        facts = {name: given[name] for name in ("room", "people", "starts_at", "ends_at")}
        return {"visit": self.row} | facts | _besides(given)


def _besides(given):
    return {name: given[name] for name in BESIDES if name in given}


class CourseForm:
    """Every visit of a draft as one form: cleans to visits."""

    def __init__(self, visits, *, is_bound):
        self.visits, self.is_bound = visits, is_bound
        self.own_errors, self.cleaned_data = ErrorList(), {}
        self.data = visits[0].data if visits else {}
        self.fields = {
            each.add_prefix(name): field for each in visits for name, field in each.fields.items()
        }

    def add_prefix(self, name):
        return name

    def is_valid(self):
        answers = [each.is_valid() for each in self.visits]  # every one is asked
        if not self.is_bound or not all(answers):
            return False
        chosen = [each.booking for each in self.visits]
        self.cleaned_data = {"visits": [each for each in chosen if each]}
        return not self.own_errors

    def add_error(self, name, error):
        for each in self.visits:
            if name in {each.add_prefix(field) for field in each.fields}:
                each.add_error(name.removeprefix(f"{each.prefix}-"), error)
                return
        self.own_errors.extend(getattr(error, "messages", [error]))

    def non_field_errors(self):
        return self.own_errors

    @property
    def errors(self):
        """Whether anything was refused: by a box, or by the act."""
        return [*self.own_errors, *(each.errors for each in self.visits if each.errors)]


def default_weeks(sessions: int) -> int:
    """Weeks in which a course of so many sessions has room, a month for each and one before."""
    return min(52, 8 + 4 * sessions)
