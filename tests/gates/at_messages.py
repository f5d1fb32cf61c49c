"""Gates of the outbox, each closed alone."""

from django.urls import reverse

from clinic.messages.models import Message
from tests.builders.attention import a_matter
from tests.builders.cases import a_referred_case
from tests.gates.harness import Situation, closed


@closed("message_not_stopped_by_hand")
def it_asks_a_colleague(house):
    a_matter(house, case=a_referred_case(house))
    told = Message.objects.filter(kind="attention_told").first()
    post = reverse("messages:cancel", args=[told.key])
    says = "This asks a colleague to look. Take the matter itself instead."
    return Situation(house.facilitator, post, {}, says)
