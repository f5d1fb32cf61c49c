from datetime import date, timedelta
from uuid import UUID

from allauth.account.utils import perform_login
from django.conf import settings as configured
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from clinic.access import PUBLIC, Permission, requires
from clinic.acts import done, page
from clinic.people import actions, forms, queries, rules
from clinic.people.models import zone_names

P = Permission


def _posted(request):
    return request.POST if request.method == "POST" else None


def act_page(
    request, act, subject, obstacles_to, *, title, lead, label, back, form=None, holdings=None
):
    """One act on one page: what it does, what stands in the way, and the button."""
    form = form or forms.Confirm(_posted(request))
    if done(request, form, act, subject):
        messages.success(request, f"{title}: done.")
        return redirect(back)
    obstacles = [] if form.is_bound else list(obstacles_to(subject, by=request.user, at=now()))
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "label": label,
        "back": back,
        "obstacles": obstacles,
        "holdings": holdings,
    }
    return page(request, "clinic/people/act.html", context, form)


# -- Staff -----------------------------------------------------------------------------------


@requires(P.MANAGE_PEOPLE)
def staff(request):
    context = {
        "staff": queries.staff_list(request.user, at=now()),
        "invitations": queries.open_invitations(request.user),
        "now": now(),
    }
    return render(request, "clinic/people/staff.html", context)


@requires(None)
def show(request, key):
    person = get_object_or_404(queries.visible_staff(request.user), key=key)
    shown = queries.person_page(person, request.user, at=now(), on=localdate())
    return render(request, "clinic/people/show.html", {"person": shown})


@requires(P.MANAGE_PEOPLE)
def invite(request):
    form = forms.InvitationForm(_posted(request), sites=queries.managed_sites(request.user))
    if done(request, form, actions.invite):
        messages.success(request, f"An invitation goes to {form.cleaned_data['email']}.")
        return redirect("people:staff")
    return page(request, "clinic/people/invite.html", {"form": form}, form)


@requires(P.MANAGE_PEOPLE)
def revoke(request, key):
    invitation = get_object_or_404(queries.visible_invitations(request.user), key=key)
    return act_page(
        request,
        actions.revoke,
        invitation,
        rules.obstacles_to_revoke,
        title="Take the invitation back",
        lead=f"The link sent to {invitation.email} opens nothing from now on.",
        label="Take it back",
        back=reverse("people:staff"),
    )


@requires(PUBLIC)
@never_cache
def accept(request, token):
    invitation = queries.invitation_by(token)
    if invitation is None:
        raise Http404("There is no such invitation.")
    invited = queries.account_of(invitation)
    is_new = not invited.has_usable_password()
    form = (
        forms.NewPasswordForm(_posted(request), user=invited)
        if is_new
        else forms.Confirm(_posted(request))
    )
    if done(request, form, actions.accept, invitation):
        if not is_new:
            return redirect(configured.LOGIN_REDIRECT_URL)
        invited.refresh_from_db()
        return perform_login(request, invited, redirect_url=configured.LOGIN_REDIRECT_URL)
    obstacles = list(rules.obstacles_to_accept(invitation, by=request.user, at=now()))
    context = {"form": form, "invitation": invitation, "is_new": is_new, "obstacles": obstacles}
    return page(request, "clinic/people/accept.html", context, form)


@requires(P.MANAGE_PEOPLE)
def give_role(request, key):
    person = get_object_or_404(queries.visible_staff(request.user), key=key)
    form = forms.RoleForm(_posted(request), sites=queries.managed_sites(request.user))
    if done(request, form, actions.give_role, person):
        messages.success(request, "The role is in force from now on.")
        return redirect(person)
    return page(request, "clinic/people/form.html", _titled(form, "Give a role", person), form)


@requires(P.MANAGE_PEOPLE)
def end_role(request, key):
    role = get_object_or_404(queries.visible_roles(request.user), key=key)
    return act_page(
        request,
        actions.end_role,
        role,
        rules.obstacles_to_end_role,
        title=f"End a role of {role.user}",
        lead=f"{role}: what it allows ends now; what was done in it stays done.",
        label="End the role",
        back=role.user.get_absolute_url(),
    )


@requires(P.MANAGE_PEOPLE)
def deactivate(request, key):
    person = get_object_or_404(queries.visible_staff(request.user), key=key)
    return act_page(
        request,
        actions.deactivate,
        person,
        rules.obstacles_to_deactivate,
        title=f"Stop the account of {person}",
        lead="Every sign-in ends at once, on every device. Bookings and duties stay: move them.",
        label="Stop the account",
        back=person.get_absolute_url(),
        form=forms.ReasonForm(_posted(request)),
    )


@requires(P.MANAGE_PEOPLE)
def reactivate(request, key):
    person = get_object_or_404(queries.visible_staff(request.user), key=key)
    return act_page(
        request,
        actions.reactivate,
        person,
        rules.obstacles_to_reactivate,
        title=f"Open the account of {person} again",
        lead="Password and second factor are as they were; so are the roles.",
        label="Open it again",
        back=person.get_absolute_url(),
    )


# -- Licences --------------------------------------------------------------------------------


@requires(P.MANAGE_PEOPLE)
def licences(request):
    context = {
        "ending": queries.licences_that_end_too_soon(
            queries.managed_sites(request.user).values_list("pk", flat=True), at=now()
        ),
        "licences": queries.standings(queries.visible_licences(request.user), on=localdate()),
    }
    return render(request, "clinic/people/licences.html", context)


@requires(P.MANAGE_PEOPLE)
def add_licence(request, key):
    person = get_object_or_404(queries.visible_staff(request.user), key=key)
    form = forms.LicenceForm(_posted(request))
    if done(request, form, actions.add_licence, person):
        messages.success(request, "Recorded. It counts once somebody has verified it.")
        return redirect(person)
    return page(request, "clinic/people/form.html", _titled(form, "Record a licence", person), form)


@requires(P.MANAGE_PEOPLE)
def verify_licence(request, key):
    return _of_licence(
        request,
        key,
        actions.verify_licence,
        rules.obstacles_to_verify_licence,
        title="Verify a licence",
        lead="You have seen the proof: the register's entry or the paper itself.",
        label="I have seen the proof",
    )


@requires(P.MANAGE_PEOPLE)
def renew_licence(request, key):
    licence = get_object_or_404(queries.visible_licences(request.user), key=key)
    form = forms.RenewalForm(_posted(request))
    if done(request, form, actions.renew_licence, licence):
        messages.success(request, "Renewed and verified.")
        return redirect(licence.user)
    title = f"Renew {licence}"
    return page(request, "clinic/people/form.html", _titled(form, title, licence.user), form)


@requires(P.MANAGE_PEOPLE)
def suspend_licence(request, key):
    return _of_licence(
        request,
        key,
        actions.suspend_licence,
        rules.obstacles_to_suspend_licence,
        title="Suspend a licence",
        lead="No gate opens on it until it is restored. Bookings stay, and show what they lack.",
        label="Suspend it",
        form=forms.ReasonForm(_posted(request)),
    )


@requires(P.MANAGE_PEOPLE)
def restore_licence(request, key):
    return _of_licence(
        request,
        key,
        actions.restore_licence,
        rules.obstacles_to_restore_licence,
        title="Restore a licence",
        lead="It counts again from now on, until its end.",
        label="Restore it",
        form=forms.ReasonForm(_posted(request)),
    )


def _of_licence(request, key, act, obstacles_to, *, title, **words):
    licence = get_object_or_404(queries.visible_licences(request.user), key=key)
    return act_page(
        request,
        act,
        licence,
        obstacles_to,
        title=f"{title}: {licence.user}, {licence}",
        back=licence.user.get_absolute_url(),
        **words,
    )


def _titled(form, title, person):
    return {"form": form, "title": title, "person": person, "back": person.get_absolute_url()}


# -- Rota and absences -----------------------------------------------------------------------


@requires(P.MANAGE_SITE)
def rota(request):
    site = chosen_site(request)
    monday = _monday(request.GET.get("week", ""))
    context = {
        "site": site,
        "sites": queries.managed_sites(request.user, P.MANAGE_SITE),
        "days": [monday + timedelta(days=n) for n in range(7)],
        "rows": queries.rota_of(site, monday),
        "previous": monday - timedelta(days=7),
        "next": monday + timedelta(days=7),
    }
    return render(request, "clinic/people/rota.html", context)


@requires(P.MANAGE_SITE)
def put_on_duty(request):
    site = chosen_site(request)
    first = _day(request.GET.get("day", "")) or localdate()
    form = forms.DutyForm(
        _posted(request),
        site=site,
        people=queries.colleagues([site.pk], at=now()),
        initial={"first_day": first, "last_day": first, "duty": request.GET.get("duty", "")},
    )
    back = f"{reverse('people:rota')}?site={site.key}&week={first}"
    if done(request, form, actions.put_on_duty, site):
        return redirect(back)
    context = {"form": form, "title": f"Put somebody on duty at {site}", "back": back}
    return page(request, "clinic/people/form.html", context, form)


@requires(P.MANAGE_SITE)
@require_POST
def take_off_duty(request, key):
    shift = get_object_or_404(queries.visible_shifts(request.user), key=key)
    week = shift.starts_at.astimezone(shift.site.tz).date()
    return act_page(
        request,
        actions.take_off_duty,
        shift,
        rules.obstacles_to_take_off_duty,
        title=f"Take {shift.user} off duty",
        lead="Somebody else should be on this duty then, or nobody answers.",
        label="Take off duty",
        back=f"{reverse('people:rota')}?site={shift.site.key}&week={week}",
    )


@requires(P.MANAGE_PEOPLE)
def absences(request):
    context = {"absences": queries.visible_absences(request.user).filter(ends_at__gt=now())}
    return render(request, "clinic/people/absences.html", context)


@requires(P.MANAGE_PEOPLE)
def record_absence(request):
    sites = queries.managed_sites(request.user).values_list("pk", flat=True)
    people = queries.colleagues(sites, at=now())
    form = forms.AbsenceForm(_posted(request), people=people)
    if done(request, form, actions.record_absence):
        return redirect("people:absences")
    context = {"form": form, "title": "Record an absence", "back": reverse("people:absences")}
    return page(request, "clinic/people/form.html", context, form)


@requires(P.MANAGE_PEOPLE)
@require_POST
def remove_absence(request, key):
    absence = get_object_or_404(queries.visible_absences(request.user), key=key)
    return act_page(
        request,
        actions.remove_absence,
        absence,
        rules.obstacles_to_remove_absence,
        title=f"Remove an absence of {absence.user}",
        lead="They can be booked again.",
        label="Remove it",
        back=reverse("people:absences"),
    )


def chosen_site(request):
    sites = queries.managed_sites(request.user, P.MANAGE_SITE)
    if wanted := request.GET.get("site"):
        sites = sites.filter(key=wanted) if _is_key(wanted) else sites.none()
    if not (site := sites.first()):
        raise Http404("There is no such site.")
    return site


def _is_key(text):
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _day(text):
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _monday(text):
    day = _day(text) or localdate()
    return day - timedelta(days=day.weekday())


# -- Places and the organisation -------------------------------------------------------------


@requires(P.MANAGE_SITE)
def settings(request):
    organisation = queries.organisation()
    form = forms.SettingsForm(_posted(request), initial=vars(organisation))
    if done(request, form, actions.change_settings, organisation):
        messages.success(request, "Saved.")
        return redirect("settings")
    context = {"form": form, "organisation": organisation}
    return page(request, "clinic/people/settings.html", context, form)


@requires(P.MANAGE_SITE)
def sites(request):
    return render(
        request, "clinic/people/sites.html", {"sites": queries.visible_sites(request.user)}
    )


@requires(P.MANAGE_SITE)
def add_site(request):
    form = forms.SiteForm(_posted(request))
    if done(request, form, actions.add_site):
        messages.success(request, "Added. You manage it; give others their roles there.")
        return redirect("people:sites")
    return page(request, "clinic/people/site.html", {"form": form, "zones": zone_names()}, form)


@requires(P.MANAGE_SITE)
def change_site(request, key):
    site = get_object_or_404(queries.visible_sites(request.user), key=key)
    form = forms.SiteForm(_posted(request), initial=vars(site))
    if done(request, form, actions.change_site, site):
        messages.success(request, "Saved.")
        return redirect("people:sites")
    context = {"form": form, "site": site, "zones": zone_names()}
    return page(request, "clinic/people/site.html", context, form)


@requires(P.MANAGE_SITE)
def rooms(request):
    context = {
        "rooms": queries.visible_rooms(request.user),
        "sites": queries.managed_sites(request.user, P.MANAGE_SITE),
    }
    return render(request, "clinic/people/rooms.html", context)


@requires(P.MANAGE_SITE)
def add_room(request, key):
    site = get_object_or_404(queries.visible_sites(request.user), key=key)
    form = forms.RoomForm(_posted(request))
    if done(request, form, actions.add_room, site):
        return redirect("people:rooms")
    context = {"form": form, "title": f"Add a room to {site}", "back": reverse("people:rooms")}
    return page(request, "clinic/people/form.html", context, form)


@requires(P.MANAGE_SITE)
def close_room(request, key):
    room = get_object_or_404(queries.visible_rooms(request.user), key=key)
    return act_page(
        request,
        actions.close_room,
        room,
        rules.obstacles_to_close_room,
        title=f"Close {room}",
        lead="Nothing new is booked in it. What is booked stays; move it in the diary.",
        label="Close the room",
        back=reverse("people:rooms"),
    )


@requires(P.MANAGE_SITE)
def open_room(request, key):
    room = get_object_or_404(queries.visible_rooms(request.user), key=key)
    return act_page(
        request,
        actions.open_room,
        room,
        rules.obstacles_to_open_room,
        title=f"Open {room} again",
        lead="It can be booked again.",
        label="Open the room",
        back=reverse("people:rooms"),
    )


@requires(P.MANAGE_SITE)
def mail(request):
    outcome = ""
    if request.method == "POST":
        outcome = actions.try_mail(by=request.user, at=now())
    return render(request, "clinic/people/mail.html", {"outcome": outcome})


@requires(PUBLIC)
@never_cache
def welcome(request):
    if configured.MODE != "run" or queries.organisation():
        raise Http404("This organisation has been set up.")
    form = forms.FoundationForm(_posted(request))
    if done(request, form, actions.found):
        first = queries.first_person()
        return perform_login(request, first, redirect_url=reverse("people:mail"))
    return page(request, "clinic/people/welcome.html", {"form": form, "zones": zone_names()}, form)
