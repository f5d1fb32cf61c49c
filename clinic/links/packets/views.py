from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from clinic.access import PUBLIC, Permission, requires
from clinic.acts import done, opened, page
from clinic.cases.queries import visible_cases
from clinic.links import queries
from clinic.links.packets import actions
from clinic.links.packets import queries as packets
from clinic.links.packets.forms import PacketForm
from clinic.links.views import around, hand_over, index_of, over, unlogged


@require_POST
@requires(Permission.SEE_CASE)
def send_packet(request, key):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    form = PacketForm(request.POST, case=case)
    made = []

    def send(case, **facts):
        made.append(actions.send_packet(case, **facts))

    if not done(request, form, send, case):
        return index_of(request, case, packet=form)
    if form.cleaned_data["by_email"]:
        return redirect("links:index", key=key)
    return hand_over(request, case, made[0])


@never_cache
@requires(PUBLIC)
def packet(request, token):
    link = queries.find_by_token(token)
    if link is None or link.packet_key is None or link.state_at(now()) in {"revoked", "expired"}:
        return over(request, link)
    timezone.activate(link.case.patient.zone)
    parts = packets.packet_of(link, now())
    context = around(link) | {
        "parts": parts,
        "token": token,
        "is_done": not any(part.address for part in parts),
    }
    return unlogged(page(request, "clinic/links/packets/packet.html", context))
