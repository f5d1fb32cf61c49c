from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from clinic.access import PUBLIC, Permission, requires
from clinic.acts import done, opened, page
from clinic.attention.queries import cover
from clinic.cases.queries import visible_cases
from clinic.checklists.forms import form_for
from clinic.checklists.queries import checklist_of, current_answers, differences
from clinic.checklists.views import differences_met
from clinic.links import actions, queries
from clinic.links.forms import OfferForm, RevokeForm
from clinic.links.packets.forms import PacketForm
from clinic.links.pictures import picture_of
from clinic.links.rules import CAN_TELL, obstacles_to_offer
from clinic.links.tokens import address_of
from clinic.messages.queries import organisation
from clinic.safety.concerns.forms import TellForm
from clinic.safety.concerns.queries import hearers
from clinic.safety.concerns.rules import OUTSIDE

# -- For staff -------------------------------------------------------------------------------


@requires(Permission.SEE_CASE)
def index(request, key):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    form = OfferForm(request.POST if request.method == "POST" else None)
    made = []

    def offer(case, **facts):
        made.append(actions.offer(case, **facts))

    if done(request, form, offer, case):
        if form.cleaned_data["by_email"]:
            return redirect("links:index", key=key)
        return hand_over(request, case, made[0])
    return index_of(request, case, form)


@require_POST
@requires(Permission.SEE_CASE)
def revoke(request, key):
    link = get_object_or_404(queries.visible_links(request.user), key=key)
    form = RevokeForm(request.POST)
    if done(request, form, actions.revoke, link):
        return redirect("links:index", key=link.case.key)
    return index_of(request, link.case, OfferForm(), form)


def index_of(request, case, form=None, refused=None, packet=None):
    """The page of a case's links; other views answer with it where their own form was refused."""
    form = form or OfferForm()
    context = {
        "case": case,
        "form": form,
        "packet_form": packet or PacketForm(case=case),
        "refused": refused,
        "lines": queries.lines(case, now()),
        "obstacles": list(obstacles_to_offer(case, by=request.user, at=now())),
    }
    return page(request, "clinic/links/index.html", context, refused or packet or form)


def hand_over(request, case, link):
    address = address_of(link)
    context = {"case": case, "link": link, "address": address, "picture": picture_of(address)}
    return page(request, "clinic/links/hand_over.html", context)


# -- For the person: no account, no session, and a look changes nothing ----------------------


@never_cache
@requires(PUBLIC)
def open_link(request, token):
    link = queries.find_by_token(token)
    if link is None or link.state_at(now()) not in {"open", "begun"}:
        return over(request, link)
    timezone.activate(link.case.patient.zone)
    form = _form(request, link, _agreed(request))
    if done(request, form, actions.finish if form.is_completing else actions.answer, link):
        return redirect("links:thanks" if form.is_completing else "links:open", token=token)
    context = around(link) | {
        "form": form,
        "checklist": form.checklist,
        "token": token,
        "differences": differences_met(form, link.form),
    }
    return unlogged(page(request, "clinic/links/fill.html", context, form))


@never_cache
@require_POST
@requires(PUBLIC)
def save(request, token):
    """Each answer as it is given: what reaches us then does not wait for the end of the page."""
    link = queries.find_by_token(token)
    if link is None or link.state_at(now()) not in {"open", "begun"}:
        return over(request, link)
    timezone.activate(link.case.patient.zone)
    was_flagged = queries.has_raised_a_flag(link)
    form = _form(request, link, request.POST, quietly=True)
    saved = done(request, form, actions.answer, link)
    context = around(link) | {"filled": link.form, "saved": saved and not form.falls_away}
    if context["saved"]:
        context |= {
            "came_up": form.come_up(),
            "gone": form.gone(),
            "shown": " ".join(form.asked_now),
        }
    response = render(request, "clinic/links/kept.html", context)
    if context["is_flagged"] and not was_flagged:
        response["HX-Reswap"] = "none show:#told:top"  # what must be read now comes into sight
    return unlogged(response)


@never_cache
@requires(PUBLIC)
def thanks(request, token):
    link = queries.find_by_token(token)
    if link is None or link.finished_at is None:
        return over(request, link)
    timezone.activate(link.case.patient.zone)
    return page(request, "clinic/links/thanks.html", around(link) | {"token": token})


@never_cache
@requires(PUBLIC)
def tell(request, token):
    link = queries.find_by_token(token)
    if link is None or link.state_at(now()) not in CAN_TELL:
        return over(request, link)
    timezone.activate(link.case.patient.zone)
    heard_by = hearers(link.site, patient=link.case.patient)
    form = TellForm(request.POST if request.method == "POST" else None, hearers=heard_by)
    # The link is a fact, not the subject: a refusal would stand in the trail of the case.
    if done(request, form, actions.tell, link=link):
        return redirect("links:told", token=token)
    context = around(link) | {
        "form": form,
        "token": token,
        "hearers": heard_by,
        "outside": OUTSIDE,
    }
    return unlogged(page(request, "clinic/links/tell.html", context, form))


@never_cache
@requires(PUBLIC)
def told(request, token):
    link = queries.find_by_token(token)
    if link is None or link.state_at(now()) not in CAN_TELL:
        return over(request, link)
    return page(request, "clinic/links/told.html", around(link))


def _form(request, link, posted, quietly=False):
    checklist, answers = checklist_of(link.form), current_answers(link.form)
    form = form_for(checklist, answers, posted, revision=link.form.revision, quietly=quietly)
    if form.is_valid():
        met = differences(link.form, form.cleaned_data["answers"])
        if not any(each.by for each in met):
            # Sent while the same answers were still being kept: nobody else was first.
            form.cleaned_data["revision"] = link.form.revision
    return form


def _agreed(request):
    """What was sent; a person is not asked whether answers that fall away may go."""
    if request.method != "POST":
        return None
    sent = request.POST.copy()
    sent["clearing"] = sent.get("shown", "")
    return sent


def over(request, link):
    """The same calm page whatever became of the link; it says nothing of whose it was."""
    house = organisation()
    context = {"crisis_text": house.crisis_text if house else ""}
    response = page(request, "clinic/links/over.html", context)
    response.status_code = 404 if link is None else 410
    return unlogged(response)


def unlogged(response):
    """Keep Django from logging the address of an answer of 400 and more: it holds the secret."""
    response._has_been_logged = True
    return response


def around(link):
    """What stands around the questions: whom to call, and whether anybody will see this tonight."""
    return {
        "link": link,
        "site": link.site,
        "crisis_text": organisation().crisis_text,
        "cover": cover(link.site, now()),
        "is_flagged": queries.has_raised_a_flag(link),
        "comes_with_others": link.packet_key is not None,
    }
