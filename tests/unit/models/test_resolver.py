"""The rules an RM relies on: the right person alerts, a namesake and a passing mention do not."""

from __future__ import annotations

import pytest

from models.registry import Block, Related, compile_registry, read_registry
from models.resolver import Resolver
from ops.demo.articles import SAMPLES, Sample
from ops.demo.load import BOOK
from tests.unit.models.resolving import SAXENA_FACTS, article, decide, entry, saxena, verdict

LEAD = "Amit Saxena, chairman of Saxena Industries, was arrested on Friday. Saxena denies the charges."


@pytest.fixture(scope="module")
def demo() -> Resolver:
    return Resolver(compile_registry(read_registry(BOOK), "demo"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_the_demo_articles_alert_whom_they_are_about(demo: Resolver, sample: Sample) -> None:
    decisions = demo.resolve(article(sample.headline, sample.body)).decisions
    assert [each.client_id for each in decisions if each.decision == "match"] == [sample.client_id or ()][
        : bool(sample.client_id)
    ]


def test_name_and_employer_alert() -> None:
    decision = decide("Amit Saxena arrested", LEAD)["UHNW-102"]
    assert decision.decision == "match"
    assert decision.relevance > 0.8
    assert "employer Saxena Industries" in decision.why


def test_relevance_is_identity_times_aboutness() -> None:
    decision = decide("Amit Saxena arrested", LEAD)["UHNW-102"]
    assert decision.relevance == pytest.approx(decision.identity * decision.aboutness, abs=1e-3)


@pytest.mark.parametrize(
    ("headline", "body"),
    [
        ("Amit Saxena hits century", "Cricketer Amit Saxena made 112. The batsman said he was happy. Saxena is 23."),
        ("Amit Saxena stars in new film", "Amit Saxena, an actor from Mumbai, plays a spy. Saxena trained for months."),
        (
            "Gupta Steel names Amit Saxena",
            "Amit Saxena, chief executive of Gupta Steel, spoke on Friday. Saxena is new.",
        ),
        (
            "Student Amit Saxena wins quiz",
            "Amit Saxena, 17, a student, won on Friday. Saxena beat 40 others in Mumbai.",
        ),
    ],
)
def test_a_namesake_is_not_even_for_review(headline: str, body: str) -> None:
    assert verdict(headline, body) == "nil"


def test_a_common_name_alone_stays_under_the_limit_whatever_the_place() -> None:
    decision = decide("Amit Saxena arrested", "Amit Saxena was arrested. " * 5 + "Saxena " * 9)["UHNW-102"]
    assert decision.identity < 0.8
    assert decision.relevance < 0.8


@pytest.mark.parametrize(
    "body",
    [
        "The gala raised two million on Sunday. Speeches went on. Guests included Amit Saxena, chairman of"
        " Saxena Industries.",
        "The museum opened on Sunday evening. It took four years to build. Amit Saxena, chairman of"
        " Saxena Industries, also attended.",
        "The fund closed at a billion on Monday. It buys warehouses in India. Investors are Amit Saxena, Priya Rao,"
        " John Smith and Jane Roe.",
    ],
)
def test_a_passing_mention_does_not_alert(body: str) -> None:
    decision = decide("City news", body)["UHNW-102"]
    assert decision.relevance < 0.5


def test_a_list_in_the_headline_is_no_alert() -> None:
    names = "Amit Saxena, Priya Rao, John Smith, Jane Roe and Ravi Das lead Saxena Industries index"
    assert verdict(names, names + ".") == "nil"


@pytest.mark.parametrize(
    "name",
    [
        "Shri Amit Saxena", "Dr. Amit Saxena", "Amit Saxena's brother", "Amit Saxena’s firm", "Saxena, Amit",
        "Saxena Amit",
        "AMIT SAXENA", "Amit Saksena", "Amit K. Saxena", "Amit\u00a0Saxena", "Ámit Saxéna", "Amit-Saxena",
    ],
)  # fmt: skip
def test_ways_to_write_the_name(name: str) -> None:
    assert (
        verdict(f"{name} of Saxena Industries held", "The chairman of Saxena Industries was held in Mumbai.") == "match"
    )


@pytest.mark.parametrize("name", ["Amita Saxena", "Amit Saxenaji Patel", "Rohit Saxena", "Sumit Saxena", "Saxena"])
def test_other_names_are_not_the_client(name: str) -> None:
    assert verdict(f"{name} of Saxena Industries held", f"{name} was held in Mumbai on Friday.") != "match"


def test_two_clients_of_one_name_are_told_apart_by_their_facts() -> None:
    founder = entry("UHNW-104", "Amit Saxena", employer=("Orbitpath GmbH",), role=("founder",), city=("Berlin",))
    decisions = decide("Amit Saxena sells Orbitpath", "Amit Saxena, founder of Orbitpath, sold it.", saxena(), founder)
    assert decisions["UHNW-104"].decision == "match"
    assert decisions["UHNW-102"].decision == "nil"


def test_two_clients_of_one_name_without_context_stay_undecided() -> None:
    twin = entry("UHNW-104", "Amit Saxena", employer=("Orbitpath GmbH",))
    decisions = decide("Amit Saxena honoured", "Amit Saxena was honoured. Saxena smiled.", saxena(), twin)
    assert all(decision.identity < 0.5 for decision in decisions.values())


def test_another_age_speaks_against_the_client() -> None:
    body = "Amit Saxena, {}, a businessman from Mumbai, was held on Friday. Saxena was alone."
    assert verdict("Amit Saxena held", body.format(58)) == "match"
    assert verdict("Amit Saxena held", body.format(31)) == "nil"


def test_a_block_holds_at_once_and_only_in_its_context() -> None:
    everywhere = saxena(blocks=(Block(name="Amit Saxena"),))
    in_pune = saxena(blocks=(Block(name="Amit Saxena", context="Pune"),))
    assert verdict("Amit Saxena arrested", LEAD, everywhere) == "nil"
    assert verdict("Amit Saxena arrested", LEAD, in_pune) == "match"
    assert verdict("Amit Saxena arrested in Pune", LEAD, in_pune) == "nil"


def test_news_of_a_company_reaches_its_chairman_at_a_lower_weight_and_says_so() -> None:
    heir = entry("UHNW-102", "Amit Saxena", related=(Related(client_id="ORG-1", relation="director"),), **SAXENA_FACTS)
    company = entry("ORG-1", "Saxena Industries Ltd", kind="organisation", city=("Mumbai",))
    body = "Saxena Industries Ltd closed its Mumbai mill. Saxena Industries employs 3,000."
    decisions = decide("Saxena Industries closes mill", body, heir, company)
    assert decisions["ORG-1"].relation == "self"
    assert decisions["UHNW-102"].relation == "director"
    assert decisions["UHNW-102"].relevance < decisions["ORG-1"].relevance


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ford recalls cars. Ford Motor Company said Ford would pay. Ford is sorry.", "match"),
        ("Harrison Ford lands plane. Harrison Ford was unhurt. Ford is an actor.", "nil"),
    ],
)
def test_a_company_named_like_a_family(text: str, expected: str) -> None:
    ford = entry("F", "Ford Motor Company", "Ford", kind="organisation", sector=("cars",))
    assert verdict(text.split(". ")[0], text, ford) == expected


def test_evidence_points_into_the_text_that_was_sent() -> None:
    hidden = "\u202eAm\u200bit\u202c Saxena"
    sent = article(f"{hidden} held", f"Yesterday {hidden}, chairman of Saxena Industries, was held.")
    found = Resolver(compile_registry([saxena()], "1")).resolve(sent).decisions[0]
    spans = [each for each in found.evidence if each.start is not None]
    assert spans
    assert all(sent.text[each.start : each.end] == each.text for each in spans)
    assert found.mention.replace("\u200b", "").replace("\u202c", "") == "Amit Saxena"
    assert found.decision == "match"


def test_contributions_carry_their_sign() -> None:
    decision = decide("Amit Saxena hits century", "Cricketer Amit Saxena made 112 in Mumbai.")["UHNW-102"]
    signs = {each.kind: each.contribution > 0 for each in decision.evidence}
    assert signs["other_field"] is False
    assert signs["city"] is True


@pytest.mark.parametrize(
    "body",
    [
        "", " ", "\n\n\n", "<p>" * 1000, "x" * 100_000, "Amit Saxena " * 20_000, "Amit Saxena, " * 20_000,
        "A, " * 50_000, "\u200b" * 1_000_000 + "Amit Saxena", "Amit" + " A" * 100_000, "((((" * 100_000,
        "अमित सक्सेना " * 5_000, "\u202e\u0000\ufffe" * 1000,
    ],
    ids=range(13),
)  # fmt: skip
@pytest.mark.timeout(60)
def test_hostile_text_ends_in_bounded_time(body: str) -> None:
    decide("Amit Saxena", body[: 1 << 20])
