"""Whether what somebody wrote into the diary is well-formed: a day, a time, a room, people."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator

from clinic.booking.queries import Asked


def local_moment(day, clock, zone):
    """A time on the wall of a site. Raises ValidationError in the hour the clocks leave out."""
    moment = datetime.combine(day, clock, tzinfo=zone)
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise forms.ValidationError("There is no such time on that day: the clocks go forward.")
    return moment


BESIDES = ("interpreter", "no_interpreter", "most_planned")


class VisitForm(forms.Form):
    """Cleans to starts_at, ends_at, room, people and overlap_reason, and to those asked besides."""

    day = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        # Nights and windows are counted on from a day; the calendar has to go on after it.
        validators=[
            MinValueValidator(date(2000, 1, 1), "The diary begins in 2000."),
            MaxValueValidator(date(2199, 12, 31), "The diary ends in 2199."),
        ],
    )
    begins = forms.TimeField(
        label="Begins", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.IntegerField(label="Length in minutes", min_value=5, max_value=24 * 60)
    room = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="No room: at a distance"
    )
    overlap_reason = forms.CharField(
        required=False,
        label="Reason to let it overlap",
        help_text=(
            "Only somebody who orders doses or manages the site may allow two things at once, "
            "a closed day or a time outside somebody's hours."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self,
        *args,
        site,
        rooms,
        suits,
        staff,
        capacities,
        needs_room,
        interpreting,
        plans_in,
        seated=(),
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.site = site
        # Whether a room suits is for the rule to say; only those that do are offered.
        self.fields["room"].queryset = rooms
        if needs_room:
            self.fields["room"].required = True
            self.fields["room"].empty_label = "Choose a room"
        first = ("", self.fields["room"].empty_label)
        self.fields["room"].choices = [first, *((room.pk, str(room)) for room in suits)]
        self.seats = []
        left = list(seated)
        for capacity, title, number in capacities:
            for place in range(number):
                name = f"person_{capacity}_{place}"
                label = title if number == 1 else f"{title} {place + 1}"
                self.fields[name] = forms.ModelChoiceField(
                    queryset=staff[capacity], label=label, empty_label="Choose"
                )
                taken = next((pair for pair in left if pair[1] == capacity), None)
                if taken:
                    left.remove(taken)
                    self.initial[name] = taken[0].pk
                self.seats.append((name, capacity))
        self._ask_who_interprets(interpreting)
        if plans_in:
            self.fields["most_planned"] = _most_planned(plans_in)
        self.order_fields(
            ["day", "begins", "minutes", "room", *(n for n, _ in self.seats), "overlap_reason"]
        )

    def _ask_who_interprets(self, interpreting):
        known = {str(contact.key): contact for contact in interpreting.contacts}
        if known:
            self.fields["interpreter"] = forms.TypedChoiceField(
                label="Who interprets",
                required=False,
                choices=[("", "Nobody"), *((key, each.name) for key, each in known.items())],
                coerce=known.get,
                empty_value=None,
            )
        if interpreting.needed:
            self.fields["no_interpreter"] = forms.CharField(
                label="Why nobody interprets",
                required=False,
                max_length=500,
                help_text=f"They need {interpreting.needed}. Such as: a colleague there speaks it.",
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    @property
    def when(self):
        return [self[name] for name in ("day", "begins", "minutes")]

    @property
    def besides(self):
        return [self[name] for name in BESIDES if name in self.fields]

    @property
    def who(self):
        return [self["room"], *(self[name] for name, _ in self.seats)]

    def clean(self):
        cleaned = super().clean()
        people = [(cleaned[name], capacity) for name, capacity in self.seats if cleaned.get(name)]
        for name, _ in self.seats:
            cleaned.pop(name, None)
        day, begins, minutes = (cleaned.pop(name, None) for name in ("day", "begins", "minutes"))
        if day and begins is not None and minutes:
            cleaned["starts_at"] = local_moment(day, begins, self.site.tz)
            cleaned["ends_at"] = cleaned["starts_at"].astimezone(UTC) + timedelta(minutes=minutes)
        cleaned["people"] = people
        return cleaned

    def asked(self, case, but_not=None):
        """The stretch that was asked for and refused, as the search for a free one takes it."""
        given = self.cleaned_data if hasattr(self, "cleaned_data") else {}
        if not getattr(self, "refusal", None) or not given.get("starts_at"):
            return None
        people = tuple(user for user, _ in given["people"])
        return Asked(case, given.get("room"), people, given["starts_at"], given["ends_at"], but_not)


def besides_of(visit):
    """What a visit has of what is asked besides, as its form begins with it."""
    return {
        "interpreter": str(visit.interpreter.key) if visit.interpreter else "",
        "no_interpreter": visit.no_interpreter,
        "most_planned": visit.dose_planned,
    }


def _most_planned(unit):
    return forms.DecimalField(
        label=f"Dose planned at most, {unit}",
        required=False,
        min_value=Decimal("0.001"),
        max_digits=9,
        decimal_places=3,
        help_text="In all. It says how many may be with one member of staff; it orders nothing.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "decimal"}),
    )


class CancelForm(forms.Form):
    """Why a visit will not take place."""

    reason = forms.CharField(
        label="Why is it called off?",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why, for those who call the person."},
    )


PLACE = RegexValidator(
    r"\A[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?\Z",
    "Write it as licences do: the country, or country and state, such as NL, US-NY or AU-VIC.",
)
DIALLED = RegexValidator(r"\A[^0-9]*(?:[0-9][^0-9]*){2,}\Z", "Write a number that can be dialled.")


class WhereaboutsForm(forms.Form):
    """Where the person is now, asked before anything else at a distance."""

    place = forms.CharField(
        max_length=20,
        validators=[PLACE],
        label="Country and state they are in now",
        help_text="As licences write it: NL, US-NY, AU-VIC. Ask; do not take it from the record.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    ring_back = forms.CharField(
        max_length=60,
        validators=[DIALLED],
        label="Number to ring back",
        help_text="If the line breaks.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    emergency_number = forms.CharField(
        max_length=40,
        validators=[DIALLED],
        label="Emergency number there",
        help_text="The one that reaches help where they are, from where you are.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )

    def clean_place(self):
        return self.cleaned_data["place"].upper()


class MissedForm(forms.Form):
    """What is known of why somebody did not come: often nothing."""

    reason = forms.CharField(
        label="What is known of why?",
        help_text="Leave it empty as long as nobody knows.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class NothingForm(forms.Form):
    """A button alone."""
