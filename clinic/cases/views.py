from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import Permission, may, may_anywhere, requires, sees_by_care
from clinic.acts import done, opened, page
from clinic.cases import actions, leaving, queries, rules
from clinic.cases import search as found_people
from clinic.cases.forms import (
    CorrectForm,
    DeathForm,
    IdentityForm,
    LiftHoldForm,
    NothingForm,
    PlaceHoldForm,
    ReferForm,
    RegisterForm,
    TeamForm,
)
from clinic.cases.languages import named
from clinic.cases.merging import queries as merging
from clinic.cases.models import wish_in_words
from clinic.cases.signatures import queries as signatures
from clinic.cases.two_sites import queries as two_sites
from clinic.people.door.sought import keep, kept
from clinic.people.queries import colleagues
from clinic.protocols.queries import document_of
from clinic.workflow import CHANGED

SEES = requires(Permission.SEE_CASE)
SOUGHT = "people"


# -- Finding people --------------------------------------------------------------------------


@SEES
def index(request):
    stage, offset = request.GET.get("stage", ""), _whole(request.GET.get("from"))
    stage = stage if stage in queries.Status.values else ""
    shown = queries.worklist(request.user, stage, offset=offset)
    context = {
        "shown": shown,
        "tabs": _tabs(queries.counts_by_stage(request.user), stage),
        "stage": queries.Status(stage).label if stage else "",
        "pager": _pager(shown, stage, offset),
        "may_register": may_anywhere(request.user, Permission.REGISTER),
    }
    return page(request, "clinic/cases/index.html", context)


@SEES
def search(request):
    if request.method == "POST":
        # A name stands in no address: not in a history, a log or a bookmark.
        sought = request.POST.get("q", "").strip()
        if len(sought) <= found_people.LONGEST:
            keep(request, SOUGHT, {"q": sought})
            return redirect("cases:search")
        return _search(request, sought)
    # Words in an address are answered; no page of ours makes such an address.
    text = request.GET.get("q", "").strip() or kept(request, SOUGHT).get("q", "")
    return _search(request, text)


def _search(request, text):
    found = found_people.find_patients(request.user, text)
    context = {
        "text": text,
        "found": found,
        "at_most": queries.AT_MOST,
        "is_too_long": len(text) > found_people.LONGEST,
        "may_register": may_anywhere(request.user, Permission.REGISTER),
        "may_break_glass": sees_by_care(request.user),
    }
    return page(request, "clinic/cases/search.html", context)


def _tabs(counts, stage):
    here, every = reverse("cases:index"), sum(counts[status] for status in queries.OPEN)
    tabs = [{"label": "All open", "url": here, "current": not stage, "count": _counted(every)}]
    return tabs + [
        {
            "label": status.label,
            "url": f"{here}?stage={status}",
            "current": stage == status,
            "count": _counted(counts[status]),
        }
        for status in queries.Status
        if counts[status] or stage == status
    ]


def _counted(count):
    return count if count <= queries.COUNTED_TO else f"{queries.COUNTED_TO}+"


def _pager(shown, stage, offset):
    here = f"{reverse('cases:index')}?stage={stage}&from="
    earlier = max(offset - queries.AT_MOST, 0)
    return {
        "previous_url": f"{here}{earlier}" if offset else "",
        "next_url": f"{here}{offset + queries.AT_MOST}" if shown.has_more else "",
        "here": f"{offset + 1} to {offset + len(shown.rows)}" if shown.rows else "",
    }


def _whole(text):
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0


# -- One person ------------------------------------------------------------------------------


@requires(Permission.REGISTER)
def register(request):
    sites = queries.sites_to_register_at(request.user)
    posted = request.POST if request.method == "POST" else None
    form = RegisterForm(posted, sites=sites, initial={"family_name": request.GET.get("name", "")})
    if done(request, form, actions.register):
        messages.success(request, "Registered.")
        return redirect("cases:patient", key=form.cleaned_data["key"])
    alike = _those_alike(form)
    form.pass_knowingly(patient.key for patient in alike) if alike else None
    beside = [(each, merging.beside_typed(form.cleaned_data, each)) for each in alike]
    context = {"form": form, "alike": alike, "beside": beside}
    return page(request, "clinic/cases/register.html", context, form)


def _those_alike(form):
    refusal = getattr(form, "refusal", None)
    obstacles = refusal.obstacles if refusal else []
    keys = [o.subject for o in obstacles if o.code == rules.DUPLICATE.code]
    return list(queries.patients_at(form.cleaned_data["site"], keys)) if keys else []


def _the_patient(request, key):
    """The patient of an address; whoever is shown their details has opened their record."""
    person = get_object_or_404(queries.patient_of(request.user, key))
    opened(request, queries.cases_of(person).first() or person)
    return person


@SEES
def patient(request, key):
    person = get_object_or_404(queries.patient_of(request.user, key))
    cases = list(queries.cases_of(person))
    opened(request, cases[0] if cases else person)
    may_merge = any(
        may(request.user, wanted, site=person.site)
        for wanted in (Permission.REGISTER, Permission.DECIDE)
    )
    context = {
        "patient": person,
        "cases": cases,
        "contacts": queries.contacts_of(person),
        "language": named(person.language),
        "interpreter_language": named(person.interpreter_language),
        "wish": wish_in_words(person.channel),
        "may_register": may(request.user, Permission.REGISTER, site=person.site),
        "death_form": DeathForm(),
        "alike": merging.maybe_the_same(person, request.user) if may_merge else [],
        "merges": merging.merges_into(person),
        "partings": merging.partings_of(person, request.user),
        "may_look_elsewhere": two_sites.may_look_elsewhere(request.user, person),
        "death_obstacles": list(rules.obstacles_to_record_death(person, by=request.user, at=now())),
    }
    return page(request, "clinic/cases/patient.html", context)


@requires(Permission.REGISTER)
def correct(request, key):
    person = _the_patient(request, key)
    seen = {name: getattr(person, name) for name in queries.DETAILS}
    initial = seen | {"seen": queries.details_as_seen(person)}
    form = CorrectForm(request.POST if request.method == "POST" else None, initial=initial)
    if done(request, form, actions.correct, person):
        messages.success(request, "Corrected.")
        return redirect(person)
    context = {"patient": person, "form": form, "differs": _met_with(form, key, request.user)}
    return page(request, "clinic/cases/correct.html", context, form)


def _met_with(form, key, user):
    """What somebody else made of the details meanwhile, beside what was typed."""
    refusal = getattr(form, "refusal", None)
    if refusal is None or CHANGED.code not in refusal.codes:
        return []
    stands = queries.patient_of(user, key).get()
    values = {name: getattr(stands, name) for name in queries.DETAILS}
    return form.beside(values, queries.details_as_seen(stands))


@SEES
def identity(request, key):
    person = _the_patient(request, key)
    form = IdentityForm(request.POST if request.method == "POST" else None)
    if done(request, form, actions.see_identity, person):
        messages.success(request, "Identity document seen.")
        return redirect(person)
    obstacles = list(rules.obstacles_to_see_identity(person, by=request.user, at=now()))
    context = {"patient": person, "form": form, "obstacles": obstacles}
    return page(request, "clinic/cases/identity.html", context, form)


@requires(Permission.REGISTER)
def refer(request, key):
    person = _the_patient(request, key)
    posted = request.POST if request.method == "POST" else None
    form = ReferForm(posted, versions=queries.versions_referred_to())
    if done(request, form, actions.refer, person):
        messages.success(request, "Referred. The case is open.")
        return redirect("screening:form", key=form.cleaned_data["key"])
    return page(request, "clinic/cases/refer.html", {"patient": person, "form": form}, form)


@require_POST
@SEES
def died(request, key):
    person = get_object_or_404(queries.patient_of(request.user, key))
    form = DeathForm(request.POST)
    if done(request, form, actions.died, person):
        messages.info(request, "The death is recorded. No message will be sent any more.")
        return redirect(person)
    context = {"patient": person, "form": form}
    return page(request, "clinic/cases/died.html", context, form)


# -- One case --------------------------------------------------------------------------------


@SEES
def lifecycle(request, key):
    case = opened(request, get_object_or_404(queries.visible_cases(request.user), key=key))
    return _lifecycle(request, case)


@require_POST
@SEES
def leave(request, key, act):
    case = opened(request, get_object_or_404(queries.visible_cases(request.user), key=key))
    way = leaving.way(act)
    form = way.form(request.POST, prefix=way.code)
    if done(request, form, way.act, case):
        messages.info(request, f"{way.title}: done.")
        return redirect("cases:lifecycle", key=key)
    return _lifecycle(request, case, form)


def _lifecycle(request, case, form=None):
    ways = leaving.ways(case, by=request.user, at=now(), form=form)
    context = {
        "case": case,
        "ways": [each for each in ways if each.is_of_this_stage],
        "others": [each for each in ways if not each.is_of_this_stage],
        "refused": form,
        "death_form": DeathForm(),
    }
    return page(request, "clinic/cases/lifecycle.html", context, form)


@SEES
def team(request, key):
    case = opened(request, get_object_or_404(queries.visible_cases(request.user), key=key))
    form = TeamForm(
        request.POST if request.method == "POST" else None,
        colleagues=colleagues([case.site_id], at=now(), may=Permission.SEE_CASE),
        capacities=[(r.capacity, r.title) for r in document_of(case.protocol_version).roles],
    )
    if done(request, form, actions.join_team, case):
        return redirect("cases:team", key=key)
    return _team(request, case, form)


@require_POST
@SEES
def leave_team(request, key):
    member = get_object_or_404(queries.visible_members(request.user), key=key)
    form = NothingForm(request.POST)
    if done(request, form, actions.leave_team, member):
        return redirect("cases:team", key=member.case.key)
    return page(request, "clinic/cases/refused.html", {"case": member.case, "form": form}, form)


def _team(request, case, form):
    context = {"case": case, "team": queries.team_in_words(case), "form": form}
    return page(request, "clinic/cases/team.html", context, form)


# -- Holds -----------------------------------------------------------------------------------


@SEES
def holds(request):
    found = queries.visible_holds(request.user)[: queries.AT_MOST]
    context = {"holds": queries.shown_holds(found, request.user), "case": None}
    return page(request, "clinic/cases/holds.html", context)


@SEES
def hold(request, key):
    found = queries.visible_holds(request.user).filter(key=key).first()
    if found is not None:
        return _one_hold(request, found)
    case = opened(request, get_object_or_404(queries.visible_cases(request.user), key=key))
    return _holds_over(request, case)


def _one_hold(request, found):
    posted = request.POST if request.method == "POST" else None
    form = LiftHoldForm(posted, user=request.user)
    if done(request, form, actions.lift_hold, found):
        messages.info(request, "The hold is lifted.")
        return redirect("cases:holds")
    context = {
        "hold": found,
        "shown": queries.shown_holds([found], request.user)[0],
        "signature": signatures.latest_under(found),
        "form": form,
        "touched": queries.cases_behind(found)[: queries.AT_MOST],
        "drawn": queries.drawn_behind(found, request.user),
        "obstacles": list(rules.obstacles_to_lift_hold(found, by=request.user, at=now())),
    }
    return page(request, "clinic/cases/hold.html", context, form)


def _holds_over(request, case):
    form = PlaceHoldForm(
        request.POST if request.method == "POST" else None,
        targets=queries.holdable(case.site, case, at=now()),
    )
    if done(request, form, actions.place_hold, case.site):
        messages.info(request, "The hold is placed. Every dose behind it is stopped.")
        return redirect("cases:hold", key=case.key)
    context = {
        "case": case,
        "holds": queries.shown_holds(queries.holds_over(case), request.user),
        "form": form,
        "obstacles": list(
            rules.obstacles_to_place_hold(
                case.site, by=request.user, at=now(), on="", target_key=case.key
            )
        ),
    }
    return page(request, "clinic/cases/holds_over.html", context, form)
