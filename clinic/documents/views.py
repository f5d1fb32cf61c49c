from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.cases.queries import visible_cases
from clinic.documents import actions, queries, rules
from clinic.documents.capacity.queries import in_words
from clinic.documents.forms import DeclineForm, ReaffirmForm, SignForm, WithdrawForm
from clinic.documents.shown import as_html
from clinic.people.queries import colleagues

P = Permission


def _posted(request):
    return request.POST if request.method == "POST" else None


@requires(P.SEE_CASE)
def index(request, key):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    rows = queries.rows_for(case, at=now())
    context = {
        "case": case,
        "rows": rows,
        "has_examples": any(row.text and row.text.is_example for row in rows),
        "papers": queries.papers_of(case, now()),
        "signed": queries.history_of(case),
        "declined": queries.refusals_of(case),
        "capacity": in_words(case),
        "is_live": rules.is_live(case, now()),
    }
    return page(request, "clinic/documents/index.html", context)


@requires(P.PREPARE)
def sign(request, key, code):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    row = queries.row_of(case, code, now())
    if row is None:
        raise Http404("This protocol has no such document.")
    form = SignForm(
        _posted(request),
        user=request.user,
        texts=queries.texts_of(code),
        rule=row.rule,
        guardians=queries.guardians_for(row, case, now()),
        initial={"text": row.text and row.text.key},
    )
    if done(request, form, actions.sign, case, code=code):
        messages.success(request, f"{row.rule.title}: signed.")
        return redirect("documents:index", key=case.key)
    form.shows(row.text)
    obstacles = rules.obstacles_to_sign_document(case, by=request.user, at=now(), code=code)
    context = {
        "case": case,
        "row": row,
        "body": as_html(row.text.body) if row.text else "",
        "form": form,
        "obstacles": list(obstacles),
        "is_live": rules.is_live(case, now()),
        "falls": [queries.called(each, case) for each in queries.taken_back_by(code, case, now())],
    }
    return page(request, "clinic/documents/sign.html", context, form)


@requires(P.PREPARE, P.SUPERVISE)
def decline(request, key, code):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    row = queries.row_of(case, code, now())
    if row is None:
        raise Http404("This protocol has no such document.")
    asking = colleagues([case.site_id], at=now(), may=P.SEE_CASE)
    form = DeclineForm(_posted(request), colleagues=asking, initial={"asked_by": request.user.key})
    if done(request, form, actions.decline, case, code=code):
        messages.success(request, f"{row.rule.title}: declined to sign.")
        return redirect("documents:index", key=case.key)
    obstacles = rules.obstacles_to_decline(case, by=request.user, at=now(), code=code, row=row)
    context = {
        "case": case,
        "title": row.rule.title,
        "form": form,
        "obstacles": list(obstacles),
        "is_live": rules.is_live(case, now()),
    }
    return page(request, "clinic/documents/decline.html", context, form)


@requires(P.SEE_CASE)
def show(request, key):
    document = get_object_or_404(queries.visible_documents(request.user), key=key)
    opened(request, document.case)
    signature = queries.signature_of(document)
    context = {
        "case": document.case,
        "document": document,
        "signature": signature,
        "guardian": queries.guardian_as_signed(signature),
        "may_take_back": not list(rules.obstacles_to_withdraw(document, by=request.user, at=now())),
        "reaffirmations": queries.reaffirmations_of(document),
        "body": as_html(document.text.body),
    }
    return page(request, "clinic/documents/show.html", context)


@requires(P.SEE_CASE)
def withdraw(request, key):
    document = get_object_or_404(queries.visible_documents(request.user), key=key)
    opened(request, document.case)
    form, title = WithdrawForm(_posted(request)), queries.called(document, document.case)
    if done(request, form, actions.withdraw, document):
        messages.success(request, f"{title}: taken back, from now on.")
        return redirect("documents:index", key=document.case.key)
    obstacles = list(rules.obstacles_to_withdraw(document, by=request.user, at=now()))
    context = {
        "case": document.case,
        "document": document,
        "title": title,
        "form": form,
        "obstacles": obstacles,
    }
    return page(request, "clinic/documents/withdraw.html", context, form)


@requires(P.PREPARE, P.SUPERVISE)
def reaffirm(request, key):
    document = get_object_or_404(queries.visible_documents(request.user), key=key)
    opened(request, document.case)
    form, title = ReaffirmForm(_posted(request)), queries.called(document, document.case)
    if done(request, form, actions.reaffirm, document):
        messages.success(request, f"{title}: still holds today.")
        return redirect("documents:index", key=document.case.key)
    obstacles = list(rules.obstacles_to_reaffirm(document, by=request.user, at=now()))
    context = {
        "case": document.case,
        "document": document,
        "title": title,
        "body": as_html(document.text.body),
        "form": form,
        "obstacles": obstacles,
    }
    return page(request, "clinic/documents/reaffirm.html", context, form)
