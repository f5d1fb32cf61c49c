from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now

from clinic.access import Permission, requires
from clinic.acts import done, page
from sessions.supervised import actions
from sessions.supervised.arrival.forms import NothingForm
from sessions.supervised.door import CHARTING, in_care, session_of, the_session
from sessions.supervised.doses.forms import (
    DiscardForm,
    GiveForm,
    OrderForm,
    PrepareForm,
    RecordDoseForm,
)
from sessions.supervised.doses.queries import lots_to_describe, visible_orders
from sessions.supervised.doses.rules import (
    obstacles_to_discard,
    obstacles_to_give,
    obstacles_to_order,
    obstacles_to_prepare,
    obstacles_to_record_dose,
    obstacles_without_order,
    refuse_without_order,
    who_agrees,
)
from sessions.supervised.doses.shown import amounts_of, worked_out
from sessions.supervised.queries import (
    document,
    needs_preparing,
    prepared_for,
    standing_order,
)
from sessions.supervised.rules import placed
from sessions.supervised.sheet.frame import frame_of

GIVING = (Permission.DOSE,)


@in_care(Permission.ORDER)
def order(request, key):
    """The prescriber types an amount, reads how it works out, then signs that very amount."""
    session, at = the_session(request, key), now()
    is_further = session.doses.exists()
    typed = request.POST.get("amount", "")
    shown = worked_out(session, typed, is_further)
    # Sent like a signature and never in the address: a password may stand beside the amount.
    is_signing = request.method == "POST" and "work_out" not in request.POST
    form = OrderForm(
        request.POST if is_signing else None,
        user=request.user,
        session=session,
        at=at,
        typed=request.POST,
        parties=who_agrees(session) if is_further else (),
        initial={"amount": typed, "seen_amount": shown.amount_text if shown else ""},
    )
    if done(request, form, actions.order, session, is_supplementary=is_further):
        return redirect(session)
    form.show_what_was_seen(shown)
    context = frame_of(
        session, at, request.user, form=form, shown=shown, amounts=amounts_of(session, is_further),
        title="Order a further dose" if is_further else "Order the dose",
        obstacles=placed(
            obstacles_to_order(session, by=request.user, at=at, is_supplementary=is_further), session
        ),
    )  # fmt: skip
    return page(request, "sessions/supervised/order.html", context, form)


@in_care(*GIVING)
def prepare(request, key):
    session, at = the_session(request, key), now()
    ordered = standing_order(session)
    if ordered is None:
        return _not_yet(request, session, at, title="Prepare the dose")
    form = PrepareForm(
        request.POST if request.method == "POST" else None,
        order=ordered, document=document(session),
    )  # fmt: skip
    if done(request, form, actions.prepare, ordered):
        return redirect("supervised:give", key=key)
    context = frame_of(
        session, at, request.user, form=form, order=ordered, title="Prepare the dose",
        not_described=lots_to_describe(ordered, document(session)),
        obstacles=placed(obstacles_to_prepare(ordered, by=request.user, at=at), session),
    )  # fmt: skip
    return page(request, "sessions/supervised/prepare.html", context, form)


@in_care(*GIVING)
def give(request, key):
    session, at = the_session(request, key), now()
    ordered = standing_order(session)
    if ordered is None or (prepared_for(ordered) is None and needs_preparing(session)):
        return _not_yet(request, session, at, title="Give the dose", prepared=True)
    form = GiveForm(
        request.POST if request.method == "POST" else None, session=session, at=at, order=ordered
    )
    if done(request, form, actions.give, ordered):
        return redirect(session)
    asked = obstacles_to_give(ordered, by=request.user, at=at)
    context = frame_of(
        session, at, request.user, form=form, order=ordered, prepared=prepared_for(ordered),
        title="Give the dose",
        obstacles=placed(asked, session),
    )  # fmt: skip
    return page(request, "sessions/supervised/give.html", context, form)


def _not_yet(request, session, at, *, title, prepared=False):
    """What is missing before this step, and where it is done."""
    form = NothingForm(request.POST if request.method == "POST" else None)
    done(request, form, refuse_without_order, session, prepared=prepared)
    asked = obstacles_without_order(session, by=request.user, at=at, prepared=prepared)
    context = frame_of(
        session, at, request.user, form=form, title=title, obstacles=placed(asked, session)
    )
    return page(request, "sessions/supervised/plain_form.html", context, form)


@in_care(*CHARTING)
def record_dose(request, key):
    session, at = the_session(request, key), now()
    form = RecordDoseForm(
        request.POST if request.method == "POST" else None,
        session=session, at=at, unit=document(session).unit,
    )  # fmt: skip
    if done(request, form, actions.record_dose, session):
        return redirect(session)
    context = frame_of(
        session, at, request.user, form=form, title="A dose was given already",
        obstacles=placed(obstacles_to_record_dose(session, by=request.user, at=at), session),
    )  # fmt: skip
    return page(request, "sessions/supervised/record_dose.html", context, form)


@requires(*GIVING)
def discard(request, key):
    ordered = get_object_or_404(visible_orders(request.user), key=key)
    session = session_of(request, ordered)
    form = DiscardForm(request.POST if request.method == "POST" else None)
    if done(request, form, actions.discard, ordered):
        return redirect(session)
    context = frame_of(
        session, now(), request.user, form=form, order=ordered, submit="Waste it",
        title="Waste what was prepared",
        obstacles=placed(obstacles_to_discard(ordered, by=request.user, at=now()), session),
    )  # fmt: skip
    return page(request, "sessions/supervised/plain_form.html", context, form)
