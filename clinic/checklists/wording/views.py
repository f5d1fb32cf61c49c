from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.timezone import now

from clinic.access import requires
from clinic.acts import done, page
from clinic.checklists.rules import FILLING
from clinic.checklists.wording import actions, queries
from clinic.checklists.wording.forms import AcceptForm, WordsForm
from clinic.checklists.wording.rules import (
    LOADING,
    obstacles_to_accept_terms,
    obstacles_to_load_words,
)


@requires(*LOADING)
def index(request):
    context = {"instruments": queries.instruments()}
    return render(request, "clinic/checklists/wording/index.html", context)


@requires(*LOADING, *FILLING)
def show(request, code):
    instrument = _instrument(code)
    form = AcceptForm(request.POST if request.method == "POST" else None)
    if done(request, form, actions.accept_terms, code=code):
        messages.success(request, "Accepted. The text can be loaded now.")
        return redirect("wording:show", code=code)
    context = {
        "instrument": instrument,
        "form": form,
        "accepting": list(obstacles_to_accept_terms(instrument, by=request.user, at=now())),
        "loading": list(obstacles_to_load_words(instrument, by=request.user, at=now())),
    }
    return page(request, "clinic/checklists/wording/show.html", context, form)


@requires(*LOADING)
def load(request, code):
    instrument = _instrument(code)
    posted = request.POST if request.method == "POST" else None
    form = WordsForm(instrument.shipped, instrument.checklist, instrument.version, posted)
    if done(request, form, actions.load_words, code=code):
        messages.success(request, "Loaded. Forms begun from now on ask it in these words.")
        return redirect("wording:show", code=code)
    context = {
        "instrument": instrument,
        "form": form,
        "obstacles": list(obstacles_to_load_words(instrument, by=request.user, at=now())),
    }
    return page(request, "clinic/checklists/wording/load.html", context, form)


def _instrument(code):
    found = queries.instrument(code)
    if found is None:
        raise Http404("There is no instrument of this name.")
    return found
