"""Every list with nothing in it yet: it says so, and reads as well as when it is full."""

import pytest
from django.template.loader import get_template

from tests.journeys.looks import faults_of_either
from tests.journeys.pages import by_slice

pytestmark = pytest.mark.browser
CLINIC = "build_empty"
EMPTY = "components/empty.html"

# Pages with a list that cannot be empty even here, and why.
NEVER_EMPTY = {
    "cases:index": "one person was referred; the walk looks at it before anybody was",
    "documents:index": "the protocol has documents to be signed",
    "people:licences": "whoever treats here holds a licence",
    "people:rooms": "a house has rooms",
    "stock:index": "the house has its first lot",
    "texts:show": "the house has taken the examples in",
    "trail:index": "what was done to build the house stands there",
    "trail:patients": "one person was registered",
}


def may_be_empty(answer):
    """Whether one of the templates of a page says what stands there when there is nothing."""
    names = {template.name for template in answer.templates if template.name}
    return any(EMPTY in get_template(name).template.source for name in names)


@pytest.mark.parametrize("space", by_slice())
def test_lists_are_right_when_they_are_empty(crowd, reads, space):
    wrong = []
    for name in by_slice()[space]:
        answers = crowd.answers(name)
        bare = next((each for each in answers if 'class="empty"' in each.text), None)
        if bare is not None:
            page = reads(bare.reader)
            page.goto(bare.address)
            wrong += faults_of_either(page)
        elif any(may_be_empty(each.answer) for each in answers) and name not in NEVER_EMPTY:
            wrong.append(f"{name} has a list that is not empty here")
    assert not wrong, "\n".join(wrong)
