from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clinic.access import PUBLIC, requires
from clinic.pages import examples, readiness
from clinic.pages import guide as guides
from clinic.pages.context import THEMES
from clinic.pages.entitlements import who_may_what


@requires(PUBLIC)
@require_safe
@never_cache
def health(request):
    return JsonResponse({"status": "alive"})


@requires(PUBLIC)
@require_safe
@never_cache
def ready(request):
    answer = readiness.look()
    return JsonResponse(answer, status=200 if answer["ready"] else 503)


@requires(PUBLIC)
@require_POST
def theme(request):
    chosen = request.POST.get("theme", "")
    back = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    answer = (
        HttpResponse(status=204)
        if request.headers.get("X-Quietly")
        else redirect(back if here else "/")
    )
    if chosen in THEMES:
        answer.set_cookie(
            "theme", chosen, max_age=365 * 24 * 3600, samesite="Lax", secure=settings.PRODUCTION
        )
    return answer


@requires(None)
@require_safe
def guide(request, topic):
    found = guides.page(topic)
    if found is None:
        raise Http404("There is no help page of this name.")
    title, body = found
    return render(
        request,
        "clinic/pages/help.html",
        {"title": title, "body": body, "topic": topic, "topics": guides.topics()},
    )


@requires(None)
@require_safe
def roles(request):
    mine = {role.role for role in request.user.roles_now}
    return render(request, "clinic/pages/roles.html", {"table": who_may_what(mine)})


@requires(None)
@require_safe
def gallery(request):
    if settings.PRODUCTION:
        raise Http404("The gallery is not part of a clinic's site.")
    return render(request, "clinic/pages/gallery.html", examples.everything())
