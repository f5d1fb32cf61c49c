"""The few words a template needs: times as the clinic writes them, tones, and where an obstacle clears."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from clinic.audit.canonical import decimal_text
from clinic.pages.browsers import browser_in_words
from clinic.pages.tones import (
    BASIS,
    BASIS_TONE,
    CLOCKS,
    DECIDER,
    DUE,
    MESSAGE_TONES,
    SHAPES,
    TONE_ICONS,
    tone_of,
)
from clinic.people.door import queries

register = template.Library()

NOT_RECORDED = "not recorded"


def _local(at):
    return timezone.localtime(at) if isinstance(at, datetime) and timezone.is_aware(at) else at


@register.filter
def clock(at):
    """24-hour time in the site's zone, or "not recorded"."""
    return f"{_local(at):%H:%M}" if at else NOT_RECORDED


@register.filter
def seconds(at):
    """24-hour time to the second, for what the record received, or "not recorded"."""
    return f"{_local(at):%H:%M:%S}" if at else NOT_RECORDED


@register.filter
def plain(number):
    """An amount without idle zeros, its thousands told apart: 50 rather than 50.000; 12,500."""
    return f"{Decimal(decimal_text(number)):,f}" if isinstance(number, Decimal) else number


@register.filter
def day(at):
    """A day with the month in letters, so that nobody reads it the other way round."""
    local = _local(at)
    return f"{local.day} {local:%b %Y}" if local else NOT_RECORDED


@register.filter
def moment(at):
    """Day and time together."""
    return f"{day(at)}, {clock(at)}" if at else NOT_RECORDED


@register.filter
def zone(at):
    """The abbreviation of the zone a time is drawn in."""
    return f"{_local(at):%Z}" if at else ""


@register.filter
def stamp(at):
    """A time as machines read it, for `datetime` and `data-` attributes."""
    return at.isoformat() if isinstance(at, (date, datetime)) else ""


@register.filter
def duration(length):
    """A length of time in whole units: 2hr 15min."""
    if length is None or length == "":
        return NOT_RECORDED
    seconds = length.total_seconds() if isinstance(length, timedelta) else float(length)
    sign, minutes = ("-" if seconds < 0 else ""), int(abs(seconds) // 60)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    units = [(days, "d"), (hours, "hr"), (minutes, "min")]
    return sign + (" ".join(f"{n}{unit}" for n, unit in units if n) or "0min")


@register.filter
def recorded(value):
    """The value itself; "not recorded" where there is none. Nought and no are values."""
    return NOT_RECORDED if value is None or value == "" else value


@register.filter
def age_on(born_on, today):
    """Whole years on a day."""
    if not born_on or not today:
        return NOT_RECORDED
    before_birthday = (today.month, today.day) < (born_on.month, born_on.day)
    return today.year - born_on.year - before_birthday


@register.filter
def plus(number):
    """A difference with its sign."""
    return f"{number:+}" if isinstance(number, int | Decimal) else number


@register.filter
def tone(status):
    """The tone word of a status."""
    return tone_of(status)


@register.filter
def shape(tone_word):
    """The shape that goes with a tone, so that colour is never alone."""
    return SHAPES.get(tone_word, "ring")


@register.filter
def message_tone(level):
    """The tone of one of Django's messages."""
    return MESSAGE_TONES.get(level, "info")


@register.filter
def tone_icon(tone_word):
    """The larger sign that goes with a tone, in notices and time lines."""
    return TONE_ICONS.get(tone_word, "info")


@register.filter
def timeline_icon(name):
    """The sign of a time line entry: its own icon, or its tone's shape."""
    return SHAPES.get(name, name)


@register.filter
def due_tone(state):
    """Tone, shape and word of a check that is upcoming, due, overdue, missed or done."""
    return DUE[state]


@register.filter
def clocks_mark(kind):
    """Tone, shape and word of an entry made on time, late or afterwards."""
    return CLOCKS[kind]


@register.filter
def basis_words(basis):
    """Where a rule comes from, as a reader says it."""
    return BASIS.get(str(basis), basis)


@register.filter
def basis_tone(basis):
    """The tone of a basis: what the law says looks firmer than what the house says."""
    return BASIS_TONE.get(str(basis), "neutral")


@register.filter
def decider_words(obstacle):
    """Who may decide past an obstacle; that nobody may is worth a word where the law says so."""
    decider = str(getattr(obstacle, "decider", ""))
    if decider in DECIDER:
        return DECIDER[decider]
    return "Nobody may decide past it" if str(getattr(obstacle, "basis", "")) == "law" else ""


@register.filter
def at_index(items, index):
    """The column that belongs to a cell."""
    return items[index]


register.filter("browser", browser_in_words)


@register.filter
def initials(name):
    """Up to two letters for a person's mark."""
    words = str(name).split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def anchor(field):
    """The id of the control an error belongs to, also for a group of choices."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def with_attrs(field, pairs):
    """A bound field's widget with more attributes: "inputmode=decimal;autocomplete=off"."""
    attrs = dict(pair.split("=", 1) for pair in pairs.split(";") if "=" in pair)
    css = [field.field.widget.attrs.get("class", ""), attrs.get("class", "")]
    css += ["is-invalid"] if field.errors else []
    return field.as_widget(attrs={**attrs, "class": " ".join(filter(None, css))})


@register.filter
def count_of(number, words):
    """A number with its noun: {{ 3|count_of:"check,checks" }} -> 3 checks."""
    one, many = words.split(",")
    return f"{number} {one if number == 1 else many}"


@register.simple_tag
def place_that_clears(obstacle, key=None):
    """The address where an obstacle is cleared, or nothing where there is no such page (yet)."""
    name = getattr(obstacle, "clears", "")
    if not name or name.startswith("/"):  # a place of more than one key stands there whole
        return name
    for args in ([getattr(obstacle, "subject", "")], [key], []):
        if args and not args[0]:
            continue
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    return ""


@register.filter
def whose(who, obstacle):
    """Who clears an obstacle in this reader's stead, where a page knows; else nothing."""
    return (who or {}).get(getattr(obstacle, "clears", ""), "")


SYMBOL_PATHS = {
    "circle": "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "square": "m-3.5 -3.5h7v7h-7z",
    "diamond": "m0 -5l5 5l-5 5l-5 -5z",
    "triangle": "m0 -4.8l4.6 8.4h-9.2z",
    "cross": "m-3.5 -3.5l7 7m0 -7l-7 7",
    "plus": "m-4.5 0h9m-4.5 -4.5v9",
}


@register.filter
def symbol_path(name):
    """The strokes of a chart symbol, relative to its point."""
    return SYMBOL_PATHS[name]


@register.filter
def shifted(number, by):
    """A coordinate moved by so many user units."""
    return round(number + by, 1)


@register.filter
def less(number, other):
    """The distance between two coordinates."""
    return round(number - other, 1)


@register.filter
def fingerprint(device):
    """The name of a sign-in in an address: its own key is a secret."""
    return queries.fingerprint(device)
