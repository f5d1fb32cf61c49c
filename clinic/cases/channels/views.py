from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.cases import actions as cases
from clinic.cases import queries as people
from clinic.cases.channels import actions, queries, rules
from clinic.cases.channels.forms import AgreeForm, GuardianshipForm
from clinic.cases.forms import ContactForm, NothingForm
from clinic.cases.languages import named
from clinic.cases.models import Contact, wish_in_words
from clinic.cases.rules import obstacles_to_add_contact

SEES = requires(Permission.SEE_CASE)


@SEES
def contacts(request, key):
    person = _the_patient(request, key)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if done(request, form, cases.add_contact, person):
        messages.success(request, "Contact added.")
        return redirect("cases:contacts", key=key)
    return _contacts(request, person, form)


@require_POST
@SEES
def end_contact(request, key):
    contact = get_object_or_404(people.visible_contacts(request.user), key=key)
    form = NothingForm(request.POST)
    if done(request, form, cases.end_contact, contact):
        return redirect("cases:contacts", key=contact.patient.key)
    return _contacts(request, contact.patient, ContactForm(), form)


@require_POST
@SEES
def agree(request, key):
    person = _the_patient(request, key)
    form = _agree_form(person, request.POST)
    if done(request, form, actions.agree, person):
        return redirect("cases:contacts", key=key)
    return _contacts(request, person, ContactForm(), form, agreeing=form)


@require_POST
@SEES
def take_back(request, key):
    consent = get_object_or_404(queries.visible_consents(request.user), key=key)
    form = NothingForm(request.POST)
    person = consent.patient.merged_into or consent.patient
    if done(request, form, actions.take_back, consent):
        return redirect("cases:contacts", key=person.key)
    return _contacts(request, person, ContactForm(), form)


@SEES
def guardianship(request, key):
    guardians = people.visible_contacts(request.user).filter(role=Contact.Role.GUARDIAN)
    contact = get_object_or_404(guardians, key=key)
    opened(request, people.cases_of(contact.patient).first() or contact.patient)
    form = GuardianshipForm(request.POST if request.method == "POST" else None)
    if done(request, form, actions.see_guardianship, contact):
        messages.success(request, "The guardian's document is written down.")
        return redirect("cases:contacts", key=contact.patient.key)
    context = {
        "contact": contact,
        "patient": contact.patient,
        "form": form,
        "obstacles": list(rules.obstacles_to_see_guardianship(contact, by=request.user, at=now())),
    }
    return page(request, "clinic/cases/channels/guardianship.html", context, form)


def _the_patient(request, key):
    person = get_object_or_404(people.patient_of(request.user, key))
    opened(request, people.cases_of(person).first() or person)
    return person


def _agree_form(person, posted=None):
    return AgreeForm(posted, prefix="agree", patient=person, contacts=people.contacts_of(person))


def _contacts(request, person, form, refused=None, agreeing=None):
    own, *near = queries.reached(person)
    context = {
        "patient": person,
        "own": own,
        "wish": wish_in_words(person.channel),
        "interpreter_language": named(person.interpreter_language),
        "near": [(each, _guardianship(each.contact, person)) for each in near],
        "form": form,
        "agree_form": agreeing or _agree_form(person),
        "refused": refused,
        "obstacles": list(obstacles_to_add_contact(person, by=request.user, at=now())),
    }
    return page(request, "clinic/cases/contacts.html", context, refused or form)


def _guardianship(contact, person):
    """Of a guardian, whether their guardianship is over today; of anybody else nothing."""
    if contact.role != Contact.Role.GUARDIAN:
        return None
    return {"is_over": contact.is_over_on(now().astimezone(person.site.tz).date())}
