"""The rows of the feature table that concern text, each with examples that a stranger would try."""

from __future__ import annotations

import pytest

from models.registry import RegistryName, Related
from tests.unit.models.resolving import decide, entry, saxena, verdict

ORLOV = entry("R", "Dmitri Orlovsky", employer=("Orlovsky Shipping",), role=("shipowner",))
WHITFIELD = entry("W", "Robert James Whitfield", employer=("Whitfield Vineyards",), role=("owner",))


def told(name: str, company: str) -> tuple[str, str]:
    return f"{name} arrested", f"{name}, owner of {company}, was arrested on Friday."


@pytest.mark.parametrize(
    "name",
    ["Bob Whitfield", "Rob Whitfield", "R. J. Whitfield", "R. Whitfield", "Whitfield, Robert"],
)
def test_nicknames_and_initials(name: str) -> None:
    assert verdict(*told(name, "Whitfield Vineyards"), WHITFIELD) == "match"


@pytest.mark.parametrize("name", ["Dr. Robert Whitfield", "Sir Robert Whitfield", "Capt. Robert J. Whitfield"])
def test_titles(name: str) -> None:
    assert verdict(*told(name, "Whitfield Vineyards"), WHITFIELD) == "match"


@pytest.mark.parametrize("name", ["Дмитрий Орловский", "Дмитрий ОРЛОВСКИЙ", "Ντμίτρι Ορλόβσκι", "Dmitriy Orlovskiy"])
def test_other_alphabets(name: str) -> None:
    decision = decide(*told(name, "Orlovsky Shipping"), ORLOV)["R"]
    assert decision.identity > 0.8


@pytest.mark.parametrize(
    ("name", "native"),
    [
        ("Amit Saxena", "अमित सक्सेना"), ("Anirban Sengupta", "অনির্বাণ সেনগুপ্ত"), ("Karthik Murugan", "கார்த்திக் முருகன்"),
        ("Narasimha Raju", "నరసింహ రాజు"), ("Rajeev Menon", "രാജീവ് മേനോൻ"), ("Harpreet Gill", "ਹਰਪ੍ਰੀਤ ਗਿੱਲ"),
        ("Harshad Kothari", "હર્ષદ કોઠારી"), ("Manjunath Gowda", "ಮಂಜುನಾಥ ಗೌಡ"), ("Srinivasa Murthy", "శ్రీనివాస మూర్తి"),
    ],
)  # fmt: skip
def test_indic_scripts(name: str, native: str) -> None:
    client = entry("I", name, employer=("Kaveri Mills",))
    assert decide(f"{native} -", f"Kaveri Mills {native}.", client)["I"].identity > 0.8


@pytest.mark.parametrize(
    ("name", "native"),
    [
        ("Khalid Mansour", "خالد منصور"), ("Yaakov Rubinstein", "יעקב רובינשטיין"), ("Michael Kaplan", "מיכאל קפלן"),
        ("Lin Haoran", "林浩然"), ("Kim Dohyun", "김도현"), ("Park Seojun", "박서준"), ("Lee Jihoon", "이지훈"),
    ],
)  # fmt: skip
def test_scripts_that_leave_sounds_out(name: str, native: str) -> None:
    client = entry("I", name, employer=("Kaveri Mills",))
    assert decide(f"{native} -", f"Kaveri Mills {native}.", client)["I"].identity > 0.8


@pytest.mark.parametrize(
    ("name", "native"), [("Hanan Alhashimi", "يوم الجمعة"), ("Choi Jun", "이지훈"), ("Amit Rao", "अमिता राय")]
)
def test_other_names_of_like_consonants_are_not_taken(name: str, native: str) -> None:
    assert decide(f"{native} -", f"Kaveri Mills {native}.", entry("I", name, employer=("Kaveri Mills",))) == {}


@pytest.mark.parametrize("spelling", ["Saksena", "Saxenna", "SAXENA"])
def test_romanised_spellings(spelling: str) -> None:
    assert verdict(*told(f"Amit {spelling}", "Saxena Industries")) == "match"


@pytest.mark.parametrize("text", ["amit saxena", "AMIT SAXENA", "Amit saxena"])
def test_any_case(text: str) -> None:
    assert decide(f"{text} arrested", f"{text} of saxena industries in mumbai")["UHNW-102"].identity > 0.8


@pytest.mark.parametrize(
    "name", ["Zamperoni Moda S.p.A.", "Zamperoni Moda", "ZAMPERONI MODA SPA", "Zamperoni Moda SpA"]
)
def test_legal_forms(name: str) -> None:
    client = entry("Z", "Zamperoni Moda S.p.A.", kind="organisation", city=("Milan",))
    assert verdict(f"{name} recalls shoes", f"{name} of Milan recalled shoes. {name} is sorry.", client) == "match"


@pytest.mark.parametrize("acronym", ["TCS", "HZL", "LTMX"])
def test_acronyms_need_their_capitals(acronym: str) -> None:
    known = entry("A", "Tavistock Carbide Steel Ltd", kind="organisation", city=("Pune",))
    client = known.model_copy(update={"names": (*known.names, RegistryName(name=acronym, type="acronym"))})
    assert decide(f"{acronym} opens Pune mill", f"{acronym} opened it in Pune.", client)["A"].identity > 0.8
    assert decide(f"{acronym.lower()} opens Pune mill", f"{acronym.lower()} opened it.", client) == {}


@pytest.mark.parametrize("name", ["Amit Saxena", "John Smith", "Mohammed Ali"])
def test_a_common_name_alone_never_reaches_the_limit(name: str) -> None:
    client = entry("C", name, employer=("Kaveri Mills",), city=("Mumbai",))
    assert decide(f"{name} arrested", f"{name} was arrested. " * 3, client)["C"].identity < 0.8


@pytest.mark.parametrize("field", ["Cricketer", "Actor", "Astronaut"])
def test_namesakes_by_article_context(field: str) -> None:
    assert verdict(f"{field} Amit Saxena", f"{field} Amit Saxena spoke to fans. Saxena is happy.") == "nil"


@pytest.mark.parametrize("relation", ["spouse", "brother", "business partner"])
def test_a_related_person_in_the_text_speaks_for_the_client(relation: str) -> None:
    client = entry("C", "Amit Verma", related=(Related(name="Ritu Khandelwal", relation=relation),))
    with_her = decide("Amit Verma sues", "Amit Verma and Ritu Khandelwal sued.", client)["C"].identity
    alone = decide("Amit Verma sues", "Amit Verma sued.", client)["C"].identity
    assert with_her > 0.8 > alone


def test_every_decision_says_why_and_which_versions_decided() -> None:
    decision = decide(*told("Amit Saxena", "Saxena Industries"), saxena())["UHNW-102"]
    assert decision.versions.registry == "v1"
    assert decision.versions.resolver.startswith("rules-2+")
    assert decision.why.startswith("Full name")
    assert {"name", "employer"} <= {each.kind for each in decision.evidence}


@pytest.mark.parametrize("name", ["Orlovsky, Dmitri", "Orlovsky Dmitri", "ORLOVSKY Dmitri", "Dmitri Orlovsky"])
def test_name_order(name: str) -> None:
    assert verdict(*told(name, "Orlovsky Shipping"), ORLOV) == "match"


@pytest.mark.parametrize("name", ["R. K. Narayan", "R.K. Narayan", "Narayan R. K.", "Ramesh K. Narayan", "R. Narayan"])
def test_initials_before_after_and_between(name: str) -> None:
    client = entry("N", "Ramesh Kumar Narayan", employer=("Kaveri Mills",), role=("owner",))
    assert verdict(*told(name, "Kaveri Mills"), client) == "match"


@pytest.mark.parametrize("name", ["Zorvath Quillip", "Ngozi Okonjo-Brandt", "Þórunn Ævarsdóttir", "Siobhán O'Dowd"])
def test_a_client_is_found_as_soon_as_the_book_has_them(name: str) -> None:
    assert decide(*told(name, "Kaveri Mills")) == {}
    assert verdict(*told(name, "Kaveri Mills"), entry("Z", name, employer=("Kaveri Mills",))) == "match"


@pytest.mark.parametrize(
    "fact", ["chairman of Saxena Industries", "58, an industrialist", "the Mumbai industrialist", "Mumbai chairman"]
)
def test_namesakes_by_structured_facts(fact: str) -> None:
    other = entry("OTHER", "Amit Saxena", employer=("Orbitpath",), city=("Berlin",), birth_date="1991-02-03")
    body = f"Amit Saxena, {fact}, was arrested on Friday."
    found = decide("Amit Saxena arrested", body, saxena(), other)
    assert found["UHNW-102"].identity > 0.8 > 0.2 > found["OTHER"].identity


def test_the_rarer_the_name_the_likelier_the_client() -> None:
    names = ("Amit Kumar", "Amit Thiruvengadam", "Padmanabhan Thiruvengadam")
    common, middling, rare = (
        decide(f"{name} speaks", f"{name} spoke.", entry("C", name))["C"].identity for name in names
    )
    assert common < middling < 0.8 < rare < 1


@pytest.mark.parametrize(
    "body",
    [
        "Le président de Saxena Industries, Amit Saxena, a été arrêté vendredi.",
        "Amit Saxena, Vorstand von Saxena Industries, wurde am Freitag verhaftet.",
        "El presidente de Saxena Industries, Amit Saxena, fue detenido el viernes.",
        "Председатель Saxena Industries Амит Саксена задержан в пятницу.",
        "सक्सेना इंडस्ट्रीज (Saxena Industries) के अध्यक्ष अमित सक्सेना गिरफ्तार।",
    ],
)
def test_text_in_other_languages(body: str) -> None:
    assert decide("-", body)["UHNW-102"].identity > 0.8
