"""When something was, and which entry this is: what every form of the run sheet asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django import forms

NOW, AT = "0", "at"
QUICK = [(NOW, "Now"), ("5", "-5m"), ("10", "-10m"), ("15", "-15m"), (AT, "At a time")]
EARLIER = timedelta(hours=18)  # a time of day that lies ahead was yesterday's, after midnight


def clock_field(**options):
    """A time of day, typed as the clock on the wall shows it."""
    return forms.TimeField(
        input_formats=["%H:%M", "%H:%M:%S", "%H.%M", "%H%M"],
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "placeholder": "HH:mm", "autocomplete": "off"}
        ),
        **options,
    )


def on_the_wall(at_time, *, session, at) -> datetime:
    """The moment a clock in the room showed this, looked back on from `at`."""
    zone = session.site.tz
    local = at.astimezone(zone)
    moment = datetime.combine(local.date(), at_time, tzinfo=zone)
    if moment - at > timedelta(hours=24) - EARLIER:
        moment = datetime.combine(local.date() - timedelta(days=1), at_time, tzinfo=zone)
    return moment


class EntryForm(forms.Form):
    """The key its device made, and when it was. Make it with `session=` and `at=` (this moment)."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    when = forms.ChoiceField(label="When it was", choices=QUICK, widget=forms.RadioSelect)
    at_time = clock_field(label="Time (24 h)", required=False)
    time_name = "stated_at"

    def __init__(self, *args, session, at, **kwargs):
        self.session, self.at = session, at
        super().__init__(*args, **kwargs)
        self.fields["client_key"].initial = uuid4
        self.fields["when"].initial = NOW

    def clean(self):
        return self.timed(super().clean() or self.cleaned_data)

    def timed(self, cleaned):
        """The answers with the moment they speak of in place of the choice that was tapped."""
        when, at_time = cleaned.pop("when", None), cleaned.pop("at_time", None)
        if when is None:
            return cleaned
        if when == AT and at_time is None:
            if "at_time" not in self.errors:
                self.add_error("at_time", "Write the time, as HH:mm.")
            return cleaned
        # What was typed makes the entry; a quick choice sent twice is the same entry.
        cleaned["when"] = "" if when == AT else f"minus {when}"
        cleaned[self.time_name] = (
            self._on_the_wall(at_time) if when == AT else self.at - timedelta(minutes=int(when))
        )
        return cleaned

    def _on_the_wall(self, at_time) -> datetime:
        return on_the_wall(at_time, session=self.session, at=self.at)
