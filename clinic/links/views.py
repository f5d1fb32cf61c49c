from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from clinic.access import PUBLIC, Permission, requires
from clinic.acts import done, page
from clinic.attention.queries import cover
from clinic.cases.queries import visible_cases
from clinic.checklists.forms import form_for
from clinic.checklists.queries import checklist_of, current_answers
from clinic.links import actions, queries
from clinic.links.forms import OfferForm, RevokeForm
from clinic.links.pictures import picture_of
from clinic.links.rules import obstacles_to_offer
from clinic.links.tokens import address_of
from clinic.messages.queries import organisation
from clinic.workflow import CHANGED

# -- For staff -------------------------------------------------------------------------------


@requires(Permission.SEE_CASE)
def index(request, key):
    case = get_object_or_404(visible_cases(request.user), key=key)
    form = OfferForm(request.POST if request.method == "POST" else None)
    made = []

    def offer(case, **facts):
        made.append(actions.offer(case, **facts))

    if done(request, form, offer, case):
        if form.cleaned_data["by_email"]:
            return redirect("links:index", key=key)
        return _hand_over(request, case, made[0])
    return _index(request, case, form)


@require_POST
@requires(Permission.SEE_CASE)
def revoke(request, key):
    link = get_object_or_404(queries.visible_links(request.user), key=key)
    form = RevokeForm(request.POST)
    if done(request, form, actions.revoke, link):
        return redirect("links:index", key=link.case.key)
    case = get_object_or_404(visible_cases(request.user), pk=link.case_id)
    return _index(request, case, OfferForm(), form)


def _index(request, case, form, refused=None):
    context = {
        "case": case,
        "form": form,
        "refused": refused,
        "lines": queries.lines(request.user, case, now()),
        "obstacles": list(obstacles_to_offer(case, by=request.user, at=now())),
    }
    return page(request, "clinic/links/index.html", context, refused or form)


def _hand_over(request, case, link):
    address = address_of(link)
    context = {"case": case, "link": link, "address": address, "picture": picture_of(address)}
    return page(request, "clinic/links/hand_over.html", context)


# -- For the person: no account, no session, and a look changes nothing ----------------------


@never_cache
@requires(PUBLIC)
def open_link(request, token):
    link = queries.find_by_token(token)
    if link is None or link.state_at(now()) not in {"open", "begun"}:
        return _over(request, link)
    timezone.activate(link.case.patient.zone)
    checklist, answers = checklist_of(link.form), current_answers(link.form)
    form = form_for(checklist, answers, _sent(request, checklist), revision=link.form.revision)
    finishing = "finish" in request.POST
    was_flagged = queries.has_raised_a_flag(link)
    if done(request, form, actions.finish if finishing else actions.answer, link):
        return (
            redirect("links:thanks", token=token)
            if finishing
            else _saved(request, link, token, was_flagged)
        )
    return _fill(request, link, form)


@never_cache
@requires(PUBLIC)
def thanks(request, token):
    link = queries.find_by_token(token)
    if link is None or link.finished_at is None:
        return _over(request, link)
    return page(request, "clinic/links/thanks.html", _around(link))


def _sent(request, checklist):
    """What was sent; a person is not asked whether answers that fall away may go."""
    if request.method != "POST":
        return None
    sent = request.POST.copy()
    sent["clearing"] = " ".join(item.code for item in checklist.items)
    return sent


def _saved(request, link, token, was_flagged):
    is_new = not was_flagged and queries.has_raised_a_flag(link)
    if not request.htmx:
        return redirect(reverse("links:open", args=[token]) + ("#told" if is_new else ""))
    response = _fill(request, link, _fresh_form(link), saved_at=now())
    if is_new:  # what the person must read now is brought before their eyes
        response["HX-Reswap"] = "outerHTML show:#told:top"
    return response


def _fresh_form(link):
    link.form.refresh_from_db()
    return form_for(
        checklist_of(link.form), current_answers(link.form), revision=link.form.revision
    )


def _fill(request, link, form, saved_at=None):
    refusal = getattr(form, "refusal", None)
    changed = refusal is not None and CHANGED.code in refusal.codes
    context = _around(link) | {
        "form": _fresh_form(link) if changed else form,
        "changed": changed,
        "checklist": checklist_of(link.form),
        "saved_at": saved_at or link.form.answered_at,
    }
    response = page(request, "clinic/links/fill.html", context, form)
    if changed and request.htmx:
        response.status_code = 200  # so that the page is drawn again, with what stands
    return _unlogged(response)


def _over(request, link):
    """The same calm page whatever became of the link; it says nothing of whose it was."""
    house = organisation()
    context = {"crisis_text": house.crisis_text if house else ""}
    response = page(request, "clinic/links/over.html", context)
    response.status_code = 404 if link is None else 410
    return _unlogged(response)


def _unlogged(response):
    """Keep Django from logging the address of an answer of 400 and more: it holds the secret."""
    response._has_been_logged = True
    return response


def _around(link):
    """What stands around the questions: whom to call, and whether anybody will see this tonight."""
    return {
        "link": link,
        "site": link.site,
        "crisis_text": organisation().crisis_text,
        "cover": cover(link.site, now()),
        "is_flagged": queries.has_raised_a_flag(link),
    }
