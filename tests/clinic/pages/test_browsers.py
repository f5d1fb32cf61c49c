"""A browser is called what people call it."""

import pytest

from clinic.pages.browsers import browser_in_words

BEGIN = "Mozilla/5.0"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (f"{BEGIN} (Windows NT 10.0; Win64; x64; rv:132.0) Firefox/132.0", "Firefox on Windows"),
        (f"{BEGIN} (X11; Linux x86_64) Chrome/131.0 Safari/537.36", "Chrome on Linux"),
        (f"{BEGIN} (Windows NT 10.0) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        (f"{BEGIN} (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15", "Safari on a Mac"),
        (f"{BEGIN} (iPhone; CPU iPhone OS 18_1 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        (f"{BEGIN} (iPad; CPU OS 18_1 like Mac OS X) CriOS/131.0 Safari/604.1", "Chrome on iPad"),
        (f"{BEGIN} (Linux; Android 14) Chrome/131.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "not known"),
    ],
)
def test_a_browser_is_named_with_its_machine(agent, said):
    assert browser_in_words(agent) == said
