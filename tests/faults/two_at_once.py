"""Two people, two connections, one moment."""

from threading import Barrier, Thread

from django.db import connection

from clinic.context import acting_as
from clinic.workflow import Refused

SECONDS = 20


def at_once(*acts, site):
    """Do each act, given as (person, function), at the same moment; say how each ended.

    The answer names a refusal by its codes and everything else by "done".
    """
    start, endings = Barrier(len(acts)), [None] * len(acts)

    def run(number, person, act):
        try:
            with acting_as(person, sites=[site.pk]):
                start.wait(SECONDS)
                act()
            endings[number] = "done"
        except Refused as refusal:
            endings[number] = refusal.codes
        finally:
            connection.close()

    threads = [Thread(target=run, args=(n, *pair)) for n, pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    return endings
