"""The rows of the feature table that concern names, each with examples that a stranger would try."""

from __future__ import annotations

import pytest

from models.pairs import Kind, compile_name, guess_kind, score_names

SAME = {
    "nicknames": [
        ("Robert Thornbury", "Bob Thornbury"),
        ("Margaret Oakhurst", "Peggy Oakhurst"),
        ("Katherine Wexler", "Kate Wexler"),
        ("Venkatesh Ranganathan", "Venkat Ranganathan"),
    ],
    "cyrillic and greek": [
        ("Щербаков Геннадий", "Gennady Shcherbakov"),
        ("Юрий Лужков", "Yuri Luzhkov"),
        ("Κυριάκος Μητσοτάκης", "Kyriakos Mitsotakis"),
        ("Γιώργος Παπαδόπουλος", "Giorgos Papadopoulos"),
    ],
    "indic scripts": [
        ("राजनाथ भार्गव", "Rajnath Bhargava"),
        ("சுந்தர் பிச்சை", "Sundar Pichai"),
        ("পার্থ চক্রবর্তী", "Partha Chakraborty"),
        ("ਗੁਰਪ੍ਰੀਤ ਢਿੱਲੋਂ", "Gurpreet Dhillon"),
        ("ધીરુભાઈ અંબાણી", "Dhirubhai Ambani"),
        ("వెంకటేశ్ దగ్గుబాటి", "Venkatesh Daggubati"),
        ("ಸುಧಾ ಮೂರ್ತಿ", "Sudha Murthy"),
        ("പിണറായി വിജയൻ", "Pinarayi Vijayan"),
    ],
    "other scripts": [
        ("عمر القباني", "Omar Al-Qabbani"),
        ("נפתלי ליברמן", "Naftali Liberman"),
        ("ヒデオ コジマ", "Hideo Kojima"),
        ("박찬욱", "Park Chan-wook"),
        ("梁朝伟", "Liang Chaowei"),
    ],
    "indian romanised spellings": [
        ("Vivek Choudhury", "Vivek Chaudhari"),
        ("Laxmi Mittal", "Lakshmi Mittal"),
        ("Sanjeev Bhatnagar", "Sanjiv Bhatnagar"),
        ("Jayanth Shrivastav", "Jayant Srivastava"),
    ],
    "initials": [
        ("A. P. J. Abdul Kalam", "Avul Pakir Jainulabdeen Abdul Kalam"),
        ("M.S. Dhoni", "Mahendra Singh Dhoni"),
        ("Subramaniam C. V.", "C V Subramaniam"),
        ("PV Narasimhan", "Pamulaparthi Venkata Narasimhan"),
    ],
    "order": [
        ("Padmanabhan Venkatesan", "Venkatesan Padmanabhan"),
        ("Lindqvist, Ingrid", "Ingrid Lindqvist"),
        ("Nagy István", "István Nagy"),
        ("DIWAKAR, Prashant", "Prashant Diwakar"),
    ],
    "honorifics": [
        ("Shri Prakash Javadekar", "Prakash Javadekar"),
        ("Smt. Vasundhara Raje", "Vasundhara Raje"),
        ("Capt. Dr. Ingrid Halvorsen", "Ingrid Halvorsen"),
        ("Sheikh Tamim Althani", "Tamim Althani"),
        ("श्री नितिन गडकरी", "Nitin Gadkari"),
        ("Rameshbhai Parekh", "Ramesh Parekh"),
    ],
    "joined and apart": [
        ("Ramkumar Balasubramanian", "Ram Kumar Balasubramanian"),
        ("Jean-Luc Delacroix", "Jeanluc Delacroix"),
        ("O'Rourke Niamh", "Niamh ORourke"),
    ],
    "slips and confusables": [
        ("Bernard Whitfield", "Bemard Whitfield"),
        ("Kowalczyk Agnieszka", "Kowalcyzk Agnieszka"),
        ("Rosenthal Miriam", "R0senthal Miriam"),
        ("Аlistаir Cavendish", "Alistair Cavendish"),
    ],
}
DIFFERENT = {
    "siblings": [
        ("Mukesh Ambani", "Anil Ambani"),
        ("Sunita Deshmukh", "Kavita Deshmukh"),
        ("Ivan Bykov", "Oleg Bykov"),
    ],
    "namesakes by family": [
        ("Nandini Purohit", "Nandini Mahajan"),
        ("Иван Белов", "Ivan Gromov"),
        ("राजीव भट्ट", "Rajiv Sethi"),
    ],
    "other middle initial": [
        ("Arthur B. Kingsley", "Arthur C. Kingsley"),
        ("V. K. Sodhi", "R. K. Sodhi"),
        ("J R Tata", "N R Tata"),
    ],
    "a woman's form of a man's name": [
        ("Julian Okonkwo", "Juliana Okonkwo"),
        ("Leon Barton", "Leona Barton"),
        ("Nirmal Awasthi", "Nirmala Awasthi"),
    ],
    "generation": [
        ("Wendell Beaumont Jr.", "Wendell Beaumont Sr."),
        ("Henry Loudon II", "Henry Loudon III"),
        ("Cal Ripley Jr", "Cal Ripley III"),
    ],
    "gender of the title": [
        ("Mr. K. Wadhwa", "Mrs. K. Wadhwa"),
        ("Shri J. Apte", "Smt. J. Apte"),
        ("Sir T. Ainsworth", "Lady T. Ainsworth"),
    ],
}
SAME_COMPANY = {
    "legal forms": [
        ("Tata Motors Limited", "Tata Motors Ltd."),
        ("Bosch GmbH", "BOSCH G.m.b.H."),
        ("Kirloskar Pvt Ltd", "Kirloskar Private Limited"),
        ("लार्सन लिमिटेड", "Larsen Ltd"),
        ("Volkswagen AG", "Volkswagen"),
    ],
    "acronyms": [
        ("TCS", "Tata Consultancy Services Limited"),
        ("L&T", "Larsen & Toubro"),
        ("SBI", "State Bank of India"),
        ("ONGC", "Oil and Natural Gas Corporation"),
    ],
    "spelling": [
        ("Hindustan Uniliver Ltd", "Hindustan Unilever Ltd"),
        ("Fresh Works Inc", "Freshworks Inc"),
        ("Godrej Intl", "Godrej International"),
        ("M/s Havells Electricals", "Havells Electricals"),
    ],
}
DIFFERENT_COMPANY = {
    "another trade": [
        ("Adani Power", "Adani Ports"),
        ("Bajaj Finance", "Bajaj Auto"),
        ("Tata Steel Ltd", "Tata Chemicals Ltd"),
    ],
    "another legal form": [
        ("Zeta Trading GmbH", "Zeta Trading Inc"),
        ("Orbis Foods AG", "Orbis Foods LLP"),
        ("Vesta Media S.p.A.", "Vesta Media Ltd"),
    ],
    "another number or place": [
        ("Sigma Fund II", "Sigma Fund III"),
        ("Acron India", "Acron Germany"),
        ("Delta Capital 2", "Delta Capital 4"),
    ],
    "another acronym": [
        ("TCS", "Tata Chemicals Limited"),
        ("IBM", "Indian Bank of Mumbai Textiles"),
        ("SBI", "Standard Chartered Bank"),
    ],
}


def _cases(table: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str]]:
    assert all(len(pairs) >= 3 for pairs in table.values())
    return [pair for pairs in table.values() for pair in pairs]


@pytest.mark.parametrize(("left", "right"), _cases(SAME))
def test_one_person_written_twice(left: str, right: str) -> None:
    assert score_names(left, right, "person").score >= 0.5
    assert score_names(right, left, "person").score >= 0.5


@pytest.mark.parametrize(("left", "right"), _cases(DIFFERENT))
def test_two_persons_are_told_apart(left: str, right: str) -> None:
    assert score_names(left, right, "person").score < 0.5


@pytest.mark.parametrize(("left", "right"), _cases(SAME_COMPANY))
def test_one_company_written_twice(left: str, right: str) -> None:
    assert score_names(left, right, "organisation").score >= 0.5


@pytest.mark.parametrize(("left", "right"), _cases(DIFFERENT_COMPANY))
def test_two_companies_are_told_apart(left: str, right: str) -> None:
    assert score_names(left, right, "organisation").score < 0.5


@pytest.mark.parametrize("name", ["Amit Kumar", "John Smith", "Mohammed Khan", "Rahul Sharma"])
def test_a_bare_common_name_is_no_proof(name: str) -> None:
    assert 0.5 <= score_names(name, name, "person").score < 0.8


@pytest.mark.parametrize("name", ["Padmanabhan Venkatesan", "Wolstenholme Octavia", "Zbigniew Wyszyński"])
def test_a_rare_name_is_nearly_proof_and_never_certain(name: str) -> None:
    assert 0.8 < score_names(name, name, "person").score < 1.0


def test_a_flaw_never_raises_the_score() -> None:
    for flawed in ("Padmanabhan Venkatesen", "Venkatesan P.", "P. Venkatesan", "Padmanabhan V", "Venkatesan"):
        exact = score_names("Padmanabhan Venkatesan", "Padmanabhan Venkatesan", "person").score
        assert score_names("Padmanabhan Venkatesan", flawed, "person").score <= exact


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        ("Bob Thornbury", "Robert Thornbury", "short for"),
        ("Amit Kumar", "Amit Kumar", "common name"),
        ("Anil Ambani", "Mukesh Ambani", "anil is not mukesh"),
        ("S. Bhargava", "Sunil Bhargava", "initial of sunil"),
    ],
)
def test_the_reason_is_said(left: str, right: str, said: str) -> None:
    found = score_names(left, right, "person")
    assert said in found.why
    assert found.why.startswith(f"{round(100 * found.score)} in 100")
    assert found.evidence == tuple(sorted(found.evidence, key=lambda each: -abs(each.contribution)))


def test_other_names_and_relatives() -> None:
    assert score_names("Mohan Lal alias Pappu Yadav", "Pappu Yadav", "person").score >= 0.5
    same = score_names("Ramesh Goel S/o Keshav Goel", "Ramesh Goel S/o Keshav", "person")
    other = score_names("Ramesh Goel S/o Keshav Goel", "Ramesh Goel S/o Bhaskar", "person")
    assert {"same relative"} < {each.type for each in same.evidence}
    assert {"other relative"} < {each.type for each in other.evidence}


def test_a_compiled_name_scores_as_its_text() -> None:
    kind: Kind
    for left, right, kind in (
        ("Amit Saksena", "Amit Saxena", "person"),
        ("TCS", "Tata Consultancy Services", "organisation"),
    ):
        assert score_names(left, compile_name(right, kind), kind).score == score_names(left, right, kind).score


def test_the_kind_is_guessed_by_the_legal_form() -> None:
    assert guess_kind("Tata Motors Ltd", "Tata") == guess_kind("A", "Bosch GmbH") == "organisation"
    assert guess_kind("Amit Saxena", "A. Saxena") == "person"


def test_nothing_is_said_to_be_certain() -> None:
    assert score_names("TCS", "Tata Consultancy Services Ltd", "organisation").why.startswith("99 in 100")
