from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.screening.sent import actions, queries, rules
from clinic.screening.sent.forms import ReviewForm


@requires(Permission.SEE_CASE)
def review(request, key):
    form = get_object_or_404(queries.visible_sent(request.user, now()), key=key)
    case = opened(request, form.case)
    # Read before what stands beside it: whatever is answered in between is asked about again.
    seen = queries.as_seen(queries.target_of(form))
    said = queries.side_by_side(form)
    asked = ReviewForm(request.POST if request.method == "POST" else None, said=said)
    if done(request, asked, actions.review, form):
        return redirect("screening:review", key=key)
    context = {
        "case": case,
        "sent": form,
        "said": said,
        "left": [each for each in said if each.review is None],
        "chosen": asked.data.getlist("items") if asked.is_bound else [],
        "seen": seen,
        "form": asked,
        "obstacles": list(rules.obstacles_to_review(form, by=request.user, at=now())),
    }
    return page(request, "clinic/screening/sent/review.html", context, asked)
