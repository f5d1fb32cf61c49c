from allauth.core.ratelimit import respond_429
from django.test import RequestFactory


def test_too_many_tries_meet_our_page_with_what_was_typed():
    request = RequestFactory().post("/account/login/", {"login": "hush", "note": "typed words"})

    answer = respond_429(request)

    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert b"typed words" in answer.content
    assert b"hush" not in answer.content
