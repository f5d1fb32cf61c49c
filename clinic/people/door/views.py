from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from clinic.access import Permission, requires
from clinic.acts import done, page
from clinic.audit.middleware import refuse_in_trail
from clinic.people import queries as people
from clinic.people.door import actions, forms, queries, rules, sign_in, ties
from clinic.people.door.lock_page import back_of, lock_page, needs_code, what_was_kept
from clinic.people.forms import ReasonForm
from clinic.people.views import act_page

P = Permission


def _posted(request):
    return request.POST if request.method == "POST" else None


# -- The second factor -----------------------------------------------------------------------


@requires(None)
@require_safe
def second_factor(request):
    if queries.second_factors(request.user).exists():
        return redirect("mfa_index")
    context = {"is_required": settings.SECOND_FACTOR_REQUIRED}
    return render(request, "clinic/people/second_factor.html", context)


@requires(None)
def codes(request):
    found = queries.recovery_codes(request.user)
    if found is None:
        raise Http404("There are no recovery codes.")
    form = forms.KeepForm(_posted(request))
    if done(request, form, actions.keep_codes, queries.account(request.user)):
        messages.success(request, "They are not shown again. You can make new ones at any time.")
        return redirect(settings.LOGIN_REDIRECT_URL)
    unused = found.wrap().get_unused_codes()
    context = {
        "form": form,
        "left": len(unused),
        "codes": [] if queries.are_kept(found) else unused,
    }
    return page(request, "clinic/people/codes.html", context, form)


# -- The lock --------------------------------------------------------------------------------


@requires(None)
@require_POST
def lock(request):
    person = queries.account(request.user)
    actions.lock_device(request.session, by=person, at=now(), reason="by hand")
    return redirect(back_of(request))


@requires(None)
@require_POST
def active(request):
    """Somebody types or points: the door has written it down already."""
    return HttpResponse(status=204)


@requires(None)
@require_safe
def state(request):
    """Whether the device is locked, and what is due in which room: nobody's name."""
    at = now()
    due = ties.prompts(request.user, at)
    said = {
        "locked": settings.IDLE_LOCK
        and (sign_in.is_locked(request.session, at=at) or needs_code(request)),
        "code": needs_code(request),
        "passkey": queries.has_passkey(request.user),
        "due": [
            {"room": each.room, "at": f"{each.due_at:%H:%M}", "late": each.is_late} for each in due
        ],
    }
    return JsonResponse(said)


@requires(None)
def unlock(request):
    user = request.user
    form = forms.UnlockForm(_posted(request), user=user, needs_code=needs_code(request))
    if not form.is_bound:
        return lock_page(request, status=200, form=form)
    if not form.is_valid():
        if refusal := getattr(form, "refusal", None):
            refuse_in_trail(request, refusal, None, "unlock")
        return _still_locked(request, form)
    return _unlocked(request)


@requires(None)
@require_POST
def passkey(request):
    """The other way to unlock: without an answer of the key, what it is asked with."""
    if "credential" not in request.POST:
        return JsonResponse({"request_options": begin_authentication(request.user)})
    form = ReauthenticateWebAuthnForm(request.POST, user=request.user)
    return _unlocked(request) if form.is_valid() else _still_locked(request, form)


def _unlocked(request):
    actions.unlock(request.session, by=queries.account(request.user), at=now())
    if _is_quiet(request):
        return HttpResponse(status=204)
    kept = what_was_kept(request)
    if kept:
        return render(request, "clinic/people/kept.html", {"kept": kept, "to": back_of(request)})
    return redirect(back_of(request))


def _still_locked(request, form):
    if _is_quiet(request):
        words = [error for errors in form.errors.values() for error in errors]
        said = {"words": " ".join(words), "needs_code": needs_code(request)}
        return JsonResponse(said, status=422)
    if not isinstance(form, forms.UnlockForm):
        form = forms.UnlockForm(user=request.user, needs_code=needs_code(request))
    return lock_page(request, status=422, form=form)


def _is_quiet(request):
    return "X-Quietly" in request.headers


# -- Where somebody is signed in -------------------------------------------------------------


@requires(None)
@require_POST
def end_sign_in(request, device):
    if queries.sign_in_by(request.user, device) is None:
        raise Http404("You are not signed in there.")
    person = queries.account(request.user)
    ended = actions.end_sign_ins(person, by=request.user, at=now(), only=device)
    messages.success(request, f"Signed out there: {ended}.")
    return redirect("usersessions_list")


@requires(P.MANAGE_PEOPLE)
def end_sign_ins(request, key):
    person = get_object_or_404(people.visible_staff(request.user), key=key)
    return act_page(
        request,
        actions.end_sign_ins,
        person,
        rules.obstacles_to_end_sign_ins,
        title=f"Sign {person} out everywhere",
        lead="Every sign-in ends at once, on every device. They can sign in again.",
        label="Sign out everywhere",
        back=person.get_absolute_url(),
    )


# -- A lost second factor; leaving -----------------------------------------------------------


@requires(P.MANAGE_PEOPLE)
def reset_second_factor(request, key):
    person = get_object_or_404(people.visible_staff(request.user), key=key)
    return act_page(
        request,
        actions.reset_second_factor,
        person,
        rules.obstacles_to_reset_second_factor,
        title=f"Reset the second factor of {person}",
        lead=f"Every sign-in ends and the password opens nothing any more. A link goes to"
        f" {person.email}; by it alone they come back and set up both anew.",
        label="Reset it",
        back=person.get_absolute_url(),
        form=ReasonForm(_posted(request)),
    )


@requires(P.MANAGE_PEOPLE)
def leave(request, key):
    person = get_object_or_404(people.visible_staff(request.user), key=key)
    return act_page(
        request,
        actions.leave,
        person,
        rules.obstacles_to_leave,
        title=f"{person} leaves",
        lead="Roles, sign-ins, second factors and open invitations end at once. What they did"
        " stays done.",
        label="Let them leave",
        back=reverse("people:show", args=[person.key]),
        form=ReasonForm(_posted(request)),
        holdings=ties.holdings(person, now()),
    )
