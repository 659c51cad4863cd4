"""Kill -9 of each process under load: what was accepted is shown, each article once, in order."""

from __future__ import annotations

import uuid

from ops.drill.articles import RM
from ops.drill.drill import RATE, Drill, judge
from ops.drill.load import Load
from ops.drill.product import Product
from ops.drill.targets import TARGETS
from ops.drill.watch import Watch
from tests.e2e.conftest import OpenInbox


def test_nothing_is_lost_or_doubled_when_any_process_is_killed_under_load(
    product: Product, open_inbox: OpenInbox
) -> None:
    inbox = open_inbox(RM)
    prefix = f"kill-{uuid.uuid4().hex[:8]}"
    with Watch(product.settings, RM, product.password(RM)) as watch:
        with Load(product.settings, RATE, prefix=prefix) as load:
            drill = Drill(product, load, watch)
            for target in TARGETS:
                assert drill.kill(target).in_flight > 0
        drill.settle()
    verdict = judge(load.sent, watch.shown, prefix=prefix)
    assert verdict.clean, verdict.as_json()

    inbox.await_live()
    ids = inbox.alert_ids()
    assert len(ids) == len(set(ids))
    assert watch.shown.revisions.keys() <= set(ids)
