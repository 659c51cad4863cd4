"""What an RM sees after the network was gone."""

from __future__ import annotations

from playwright.sync_api import expect

from ops.demo.articles import SAMPLES
from tests.e2e.conftest import OpenInbox
from tests.e2e.wire import Wire

OFFLINE_S = 30
SAMPLE = {sample.name: sample for sample in SAMPLES}


def test_each_rm_sees_own_clients_and_an_offline_page_catches_up_without_gap_or_double(
    open_inbox: OpenInbox, wire: Wire
) -> None:
    priya, daniel = open_inbox("priya.nair"), open_inbox("daniel.weber")
    vineyard = SAMPLE["nickname and initials"]
    wire.post(vineyard.headline, vineyard.body)
    daniel.await_row(vineyard.headline, "Robert James Whitfield")

    priya.page.context.set_offline(True)
    priya.await_down()
    before = priya.alert_ids()
    headlines = [
        "Lakshmi Iyer opens a children's hospital in Bengaluru",
        "Harpreet Singh Gill buys two hundred trucks for Gill Logistics",
        "Rajesh Kumar of Kumar Agro Exports wins a contract in Nagpur",
    ]
    bodies = [
        "Lakshmi Iyer, surgeon and promoter of Iyer Hospitals Limited, has opened a hospital in Bengaluru.",
        "Harpreet Singh Gill, owner of Gill Logistics Private Limited, has ordered 200 trucks. Gill expects growth.",
        "Rajesh Kumar, owner of Kumar Agro Exports in Nagpur, has won an export contract. Kumar called it a milestone.",
    ]
    for headline, body in zip(headlines, bodies, strict=True):
        wire.post(headline, body)
    priya.await_seconds(OFFLINE_S)
    assert priya.alert_ids() == before
    priya.page.context.set_offline(False)
    priya.await_live()

    clients = ("Lakshmi Raghunathan Iyer", "Harpreet Singh Gill", "Rajesh Kumar")
    for headline, client in zip(headlines, clients, strict=True):
        priya.await_row(headline, client)
    ids = priya.alert_ids()
    assert len(ids) == len(set(ids))
    priya.page.reload()
    priya.await_live()
    assert priya.alert_ids() == ids
    expect(priya.page.get_by_text(vineyard.headline)).to_have_count(0)
    for headline in headlines:
        expect(daniel.page.get_by_text(headline)).to_have_count(0)
