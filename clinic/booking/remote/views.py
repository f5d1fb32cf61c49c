from clinic.access import requires
from clinic.booking.forms import NothingForm, WhereaboutsForm
from clinic.booking.queries import HOSTS
from clinic.booking.remote import actions, rules
from clinic.booking.views import act_on_visit


@requires(*HOSTS)
def whereabouts(request, key):
    words = (
        "Where they are now",
        "Asked before anything else; kept as it was said, with your name and the time.",
        "Keep where they are",
    )
    return act_on_visit(
        request,
        key,
        actions.ask_where,
        rules.obstacles_to_ask_where,
        WhereaboutsForm,
        "Kept.",
        words,
    )


@requires(*HOSTS)
def took_place(request, key):
    words = (
        "It took place all the same",
        "What stood open is written down, and whoever answers for safety is told.",
        "Record that it took place",
    )
    return act_on_visit(
        request,
        key,
        actions.took_place,
        rules.obstacles_to_take_place,
        NothingForm,
        "Recorded.",
        words,
    )
