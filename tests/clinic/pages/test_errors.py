import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.test import RequestFactory

from clinic.pages import errors

TYPED = {"family_name": "Okonkwo", "note": "First line\nsecond line", "postcode": "3511 AB"}
SECRETS = {"password": "hush-1", "second_password": "hush-2", "otp": "hush-3", "recovery_code": "hush-4",
           "csrfmiddlewaretoken": "hush-5", "entry_key": "hush-6"}  # fmt: skip
ANSWERS = {
    400: errors.bad_request,
    403: errors.csrf_failure,
    "signed out": lambda request: errors.signed_out(request, "/account/login/?next=/people/"),
    404: errors.not_found,
    409: lambda request: errors.conflict(request, "Ruth Adeyemi was first."),
    413: lambda request: errors.bad_request(request, RequestDataTooBig()),
    429: errors.too_many_requests,
    500: errors.server_error,
    503: errors.unavailable,
}


def a_post(**fields):
    return RequestFactory().post("/people/add/", fields)


@pytest.mark.parametrize("status", ANSWERS)
def test_an_error_page_needs_no_database_and_shows_what_was_typed(status):
    answer = ANSWERS[status](a_post(**TYPED))
    page = answer.content.decode()

    assert answer.status_code == (403 if status == "signed out" else status)
    assert [text for text in TYPED.values() if text not in page] == []


@pytest.mark.parametrize("status", ANSWERS)
def test_an_error_page_never_shows_a_secret(status):
    page = ANSWERS[status](a_post(**TYPED, **SECRETS)).content.decode()

    assert "hush" not in page


@pytest.mark.parametrize("status", ANSWERS)
def test_an_error_page_says_what_to_do_next(status):
    page = ANSWERS[status](RequestFactory().get("/people/")).content.decode()

    assert "<h1>" in page
    assert 'class="btn btn-primary"' in page
    assert "What you typed" not in page


def test_a_field_is_named_as_a_reader_would_name_it():
    assert errors.typed(a_post(family_name="Okonkwo")) == [("Family name", "Okonkwo")]


def test_several_values_of_one_field_stand_together():
    assert errors.typed(a_post(people=["Ruth", "Miguel"])) == [("People", "Ruth\nMiguel")]


def test_what_was_typed_is_shown_and_not_obeyed():
    page = errors.not_found(a_post(note="<script>alert(1)</script>")).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_body_too_large_to_parse_still_shows_its_beginning(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    body = "note=It+began+at+noon&more=" + "x" * 500
    request = RequestFactory().post("/", body, content_type="application/x-www-form-urlencoded")
    with pytest.raises(RequestDataTooBig) as too_big:
        request.POST  # noqa: B018 -- reading it is what fails
    request._mark_post_parse_error()

    answer = errors.bad_request(request, too_big.value)

    assert answer.status_code == 413
    assert "It began at noon" in answer.content.decode()


def test_a_silent_database_is_503_and_not_500():
    try:
        raise OperationalError("connection refused")
    except OperationalError:
        answer = errors.server_error(a_post(**TYPED))

    assert answer.status_code == 503
    assert "Okonkwo" in answer.content.decode()


def test_a_conflict_shows_how_the_record_now_reads():
    page = errors.conflict(
        a_post(dose="70"), "Ruth was first.", now_reads=[("Dose", "60 mg")], back="/session/1/"
    )
    text = page.content.decode()

    assert [
        word
        for word in ("Ruth was first.", "60 mg", "70", 'href="/session/1/"')
        if word not in text
    ] == []


def test_an_error_page_is_kept_nowhere():
    assert errors.not_found(a_post())["Cache-Control"] == "no-store"


def test_an_error_page_wears_the_theme_of_the_device():
    request = a_post()
    request.COOKIES["theme"] = "dim"

    assert 'data-bs-theme="dark"' in errors.server_error(request).content.decode()
