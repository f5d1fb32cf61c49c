"""Thirty times as many histories before the dose as the ordinary run plays."""

import pytest

from tests.sessions.preparation.test_histories import each_life, played

pytestmark = [pytest.mark.deep, pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
EACH = 1000


@each_life
def test_six_thousand_histories(begin, is_here, client, capsys):
    life = begin(is_here)
    life.begin = begin

    met, closing = played(life, client, EACH)

    with capsys.disabled():
        print("shut:", dict(met), "closed when they said:", dict(closing))
    assert len(met) > 8
