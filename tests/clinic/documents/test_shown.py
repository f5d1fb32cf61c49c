"""A text on the screen: its markup is shown, and a link leads only where a person may go."""

import pytest

from clinic.documents import actions
from clinic.documents.models import Text
from clinic.documents.shown import addresses_refused, as_html
from clinic.workflow import Refused
from tests.builders.house import NOON, a_house, codes

ASTRAY = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "java&#115;cript:alert(1)",
    "data:text/html,hello",
    "vbscript:x",
    "file:///etc/passwd",
    "//elsewhere.example/x",
    "/admin/",
]


@pytest.mark.parametrize("address", ASTRAY)
def test_a_link_that_leads_astray_keeps_its_words_and_leads_nowhere(address):
    for body in (f"[read on](<{address}>)", f"[read on]({address})", f"![read on]({address})"):
        shown = as_html(body)

        assert "href" not in shown
        assert "src=" not in shown
        assert "read on" in shown


def test_a_reference_that_leads_astray_leads_nowhere():
    assert "href" not in as_html("[read on][1]\n\n[1]: javascript:alert(1)")


@pytest.mark.parametrize(
    "address",
    ["https://vigil.example/a", "http://x.example", "mailto:a@b.example", "tel:+12125550100"],
)
def test_a_link_to_a_page_a_letter_or_a_telephone_stays(address):
    assert f'href="{address}"' in as_html(f"[read on]({address})")
    assert addresses_refused(f"[read on]({address})") == []


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,hello"])
def test_a_text_that_leads_astray_is_not_put_in_force(address):
    house, before = a_house(), Text.objects.count()

    with pytest.raises(Refused) as refusal:
        actions.add_text(
            by=house.approver, at=NOON, code="x", language="en", title="X", body=f"[a]({address})"
        )

    assert codes(refusal) == ["text_leads_astray"]
    assert Text.objects.count() == before
