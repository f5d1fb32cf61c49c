"""Whether a week of work is well-formed, and a day with its name."""

from django import forms

from clinic.people.forms import clock_field, day_field
from clinic.people.hours.models import WEEKDAYS


class HoursForm(forms.Form):
    """Cleans to hours: (day of the week, from, until) for each day worked."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for number, name in enumerate(WEEKDAYS):
            self.fields[f"starts_{number}"] = clock_field(f"{name}, from", required=False)
            self.fields[f"ends_{number}"] = clock_field(f"{name}, until", required=False)

    @property
    def days(self):
        """Each day of the week with its two boxes."""
        return [
            (name, [self[f"starts_{number}"], self[f"ends_{number}"]])
            for number, name in enumerate(WEEKDAYS)
        ]

    def clean(self):
        cleaned, hours = super().clean(), []
        for number in range(len(WEEKDAYS)):
            boxes = [f"starts_{number}", f"ends_{number}"]
            starts, ends = (cleaned.pop(box, None) for box in boxes)
            if any(box in self.errors for box in boxes):
                continue
            if starts is not None and ends is not None:
                hours.append((number, starts, ends))
                if ends <= starts:
                    self.add_error(boxes[1], "This is before the day's work begins.")
            elif starts is not None or ends is not None:
                missing = boxes[1] if ends is None else boxes[0]
                self.add_error(missing, "Give both times, or neither on a day off.")
        cleaned["hours"] = hours
        return cleaned


class ClosedDayForm(forms.Form):
    day = day_field("Day")
    name = forms.CharField(max_length=80, help_text="Such as Thanksgiving, or staff training.")
