"""What was read is settled, checked and loaded; where another run publishes to the lake meanwhile, all of that anew.

What a run settles stands against the warehouse as it found it: clusters, counts, revisions. On a file it is alone. On a lake
runs settle beside each other, and whoever loads second has to look again. Pages are read once all the same: they are staged.
"""

import random
import time

from expectations.gate import Verdict
from flows import progress, steps
from flows.discover import Found
from flows.news import Plan, Settled
from flows.run import Run
from warehouse.errors import WarehouseChanged
from warehouse.place import Lake

RACES = 3
"""So often a run settles beside the others. Then it keeps them waiting: a large one would lose to small ones for ever."""
MOST_PAUSE_SECONDS = 2.0


def publish(todo: Plan, found: Found, run: Run) -> tuple[Settled, Verdict]:
    """Load what is new, as it is settled against the warehouse that it is loaded into.

    Raises WarehouseHeld where others write without end, and WarehouseChanged where a program does that keeps no order.
    """
    for _ in range(RACES):
        if published := _published(todo, found, run):
            return published
        progress.warn("Another run has published to the lake meanwhile; what is new is settled anew. No page is read again.")
        time.sleep(random.uniform(0, MOST_PAUSE_SECONDS))  # noqa: S311   # no secret hangs on it
    place = run.settings.place
    assert isinstance(place, Lake)  # on a file nobody else publishes
    from warehouse.lake import exclusive  # noqa: PLC0415   # who has a file needs none of it

    with exclusive(place):
        published = _published(todo, found, run)
    if published is None:
        raise WarehouseChanged(f"other programs write to {place} all the time. What was read is kept: run again")
    return published


def _published(todo: Plan, found: Found, run: Run) -> tuple[Settled, Verdict] | None:
    """What was loaded; None where somebody else published meanwhile, so that nothing was."""
    settling = run.settling()
    news = steps.gather(todo, settling)
    settled, verdict = steps.settle_what_passes(news, found, settling)
    return (settled, verdict) if steps.load(settled, verdict, news, found, settling) else None
