from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import Permission, requires
from clinic.acts import done, page
from clinic.people.hours import actions, forms, queries, rules
from clinic.people.hours.models import WEEKDAYS
from clinic.people.queries import colleagues, managed_sites
from clinic.people.views import act_page, chosen_site

P = Permission


@requires(P.MANAGE_SITE)
def hours(request):
    site, at = chosen_site(request), now()
    context = {
        "site": site,
        "sites": managed_sites(request.user, P.MANAGE_SITE),
        "weekdays": WEEKDAYS,
        "weeks": queries.weeks_of(site, at=at),
        "closed_days": queries.closed_days(site, since=at.astimezone(site.tz).date()),
    }
    return render(request, "clinic/people/hours.html", context)


@requires(P.MANAGE_SITE)
def write_hours(request, key):
    site = chosen_site(request)
    user = get_object_or_404(colleagues([site.pk], at=now()), key=key)
    known = queries.hours_of(user, site)
    initial = {f"starts_{n}": each.starts for n, each in known.items()}
    initial |= {f"ends_{n}": each.ends for n, each in known.items()}
    form = forms.HoursForm(request.POST if request.method == "POST" else None, initial=initial)
    back = f"{reverse('people:hours')}?site={site.key}"
    if done(request, form, actions.write_hours, user, site=site):
        messages.success(request, f"Hours of {user}: saved.")
        return redirect(back)
    context = {"form": form, "person": user, "site": site, "back": back}
    return page(request, "clinic/people/write_hours.html", context, form)


@requires(P.MANAGE_SITE)
def close_day(request):
    site = chosen_site(request)
    form = forms.ClosedDayForm(request.POST if request.method == "POST" else None)
    back = f"{reverse('people:hours')}?site={site.key}"
    if done(request, form, actions.close_day, site):
        return redirect(back)
    context = {"form": form, "title": f"Close {site} for a day", "back": back}
    return page(request, "clinic/people/form.html", context, form)


@requires(P.MANAGE_SITE)
@require_POST
def open_day(request, key):
    closed = get_object_or_404(queries.visible_closed_days(request.user), key=key)
    return act_page(
        request,
        actions.open_day,
        closed,
        rules.obstacles_to_open_day,
        title=f"Open {closed.site} on {closed.day:%d %b %Y}",
        lead="Visits can be proposed on that day again.",
        label="Open it",
        back=f"{reverse('people:hours')}?site={closed.site.key}",
    )
