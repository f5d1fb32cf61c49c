from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.messages import actions, queries
from clinic.messages.forms import CancelForm


@requires(Permission.SEE_CASE)
def index(request, key):
    case = get_object_or_404(queries.visible_cases(request.user), key=key)
    return _index(request, opened(request, case))


@require_POST
@requires(Permission.FOLLOW_UP)
def cancel(request, key):
    message = get_object_or_404(queries.visible_messages(request.user), key=key, case__isnull=False)
    form = CancelForm(request.POST)
    if done(request, form, actions.cancel, message, reason="Stopped by hand."):
        return redirect("messages:index", key=message.case.key)
    return _index(request, message.case, form)


def _index(request, case, form=None):
    context = {"case": case, "form": form, "outbox": queries.outbox(request.user, case, now())}
    return page(request, "clinic/messages/index.html", context, form)
