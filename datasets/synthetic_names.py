"""Made-up names for labelled sets: ordinary given and family names put together at random, by culture and split.

The lists were written for this project; a pair of words is nobody in particular. The two splits share no name, and of
the lists no word: the first of every pair of neighbours is for fitting, the second is held out.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

Split = Literal["fit", "held-out"]
Gender = Literal["male", "female"]

_GIVEN: dict[tuple[str, Gender], str] = {
    ("indian", "male"): "amit rahul rajesh sanjay vijay anil sunil ajay suresh ramesh mukesh manoj deepak ashok arun"
    " sandeep pradeep nitin vikram rohit gaurav manish harshad chaitanya devendra girish jayesh ketan lalit mohan"
    " omprakash padmanabhan raghunath satyajit tanmay umesh yashwant balakrishnan chinmay dhananjay",
    ("indian", "female"): "priya pooja neha anita sunita rekha geeta kavita meena asha deepa swati lakshmi radhika"
    " sharmila urmila vasundhara yamini chandrika damayanti gayatri hemlata ishita jayanti",
    ("western", "male"): "james john robert michael william david richard thomas charles daniel matthew anthony mark"
    " steven paul andrew george edward kevin brian alistair benedict cornelius desmond everett fergus gideon horatio"
    " ignatius jasper leopold mortimer octavian percival quentin rupert thaddeus ulysses winston ambrose",
    ("western", "female"): "mary patricia jennifer linda elizabeth susan jessica sarah karen nancy margaret helen"
    " adelaide beatrix cordelia dorothea euphemia florence georgiana henrietta imogen josephine",
    ("eastern", "male"): "alexei dmitri sergei mikhail andrei pavel konstantin vadim bogdan miroslav zbigniew radoslav",
    ("eastern", "female"): "natalia olga elena svetlana irina ludmila zdenka milena katarzyna ewelina",
    ("arabic", "male"): "mohammed ahmed hassan hussein omar khalid ibrahim yusuf faisal mansour nasser tariq",
    ("arabic", "female"): "fatima aisha layla mariam noura salma hanan zaynab",
}
_FAMILY: dict[str, str] = {
    "indian": "saxena sharma gupta verma mehta agarwal reddy nair iyer das joshi desai kapoor malhotra patel singh"
    " kumar rao bhattacharya chattopadhyay deshpande gokhale hegde jhunjhunwala kulkarni lokhande mukhopadhyay"
    " namboodiri oberoi padukone raghuvanshi satyanarayana thiruvengadam upadhyay venkataraman wadhwani yelamanchili"
    " ziaulhaq bandopadhyay chidambaram",
    "western": "smith johnson williams brown jones miller davis wilson taylor moore clark lewis walker young wright"
    " scott carter parker abernathy blackthorne cavendish drummond ellsworth fotheringham galbraith hathersage"
    " inglethorpe jellicoe kingsolver lockhart mountbatten netherfield oglethorpe pemberton quillington ravenscroft"
    " satterthwaite thistlewood underhill vandermeer",
    "eastern": "ivanov petrov smirnov popov orlovsky zavadsky kowalczyk wisniewski dragunov belousov novotny"
    " horvath tereshchenko yablonsky vasilenko zhukovsky",
    "arabic": "alhashimi almansoori alfarsi alqasimi albalushi alnahyan alkhoury alsabah haddad khalil sayegh barakat",
}
# Romanised and native, given name then family name; never cut into parts.
_NATIVE: dict[str, tuple[tuple[str, str], ...]] = {
    "devanagari": (
        ("Harish Deshmukh", "हरीश देशमुख"), ("Vinayak Sawant", "विनायक सावंत"), ("Amit Saxena", "अमित सक्सेना"),
        ("Rakesh Trivedi", "राकेश त्रिवेदी"), ("Sunita Chaturvedi", "सुनीता चतुर्वेदी"), ("Meena Bhardwaj", "मीना भारद्वाज"),
        ("Suresh Agarwal", "सुरेश अग्रवाल"), ("Prakash Joshi", "प्रकाश जोशी"), ("Kavita Rathore", "कविता राठौर"),
        ("Mahendra Chauhan", "महेंद्र चौहान"),
    ),
    "bengali": (
        ("Subrata Chakraborty", "সুব্রত চক্রবর্তী"), ("Anirban Sengupta", "অনির্বাণ সেনগুপ্ত"),
        ("Debashish Mitra", "দেবাশীষ মিত্র"), ("Sourav Majumdar", "সৌরভ মজুমদার"),
        ("Ranjan Banerjee", "রঞ্জন ব্যানার্জী"), ("Sujata Ghosh", "সুজাতা ঘোষ"),
    ),
    "tamil": (
        ("Karthik Murugan", "கார்த்திக் முருகன்"), ("Senthil Kumaran", "செந்தில் குமரன்"),
        ("Meenakshi Sundaram", "மீனாட்சி சுந்தரம்"), ("Arumugam Selvan", "ஆறுமுகம் செல்வன்"),
        ("Ravi Shankar", "ரவி சங்கர்"), ("Saravanan Palani", "சரவணன் பழனி"),
    ),
    "telugu": (
        ("Venkata Ramana", "వెంకట రమణ"), ("Srinivasa Murthy", "శ్రీనివాస మూర్తి"),
        ("Narasimha Raju", "నరసింహ రాజు"), ("Lakshmana Sastri", "లక్ష్మణ శాస్త్రి"),
        ("Krishna Reddy", "కృష్ణ రెడ్డి"), ("Satyanarayana Rao", "సత్యనారాయణ రావు"),
    ),
    "gujarati": (("Harshad Kothari", "હર્ષદ કોઠારી"), ("Nilesh Dalal", "નિલેશ દલાલ"), ("Ketan Parmar", "કેતન પરમાર"),
        ("Mahesh Solanki", "મહેશ સોલંકી"), ("Jignesh Patel", "જીગ્નેશ પટેલ"), ("Bhavesh Shah", "ભાવેશ શાહ"),
    ),
    "kannada": (("Basavaraj Patil", "ಬಸವರಾಜ ಪಾಟೀಲ"), ("Manjunath Gowda", "ಮಂಜುನಾಥ ಗೌಡ"),
        ("Shivakumar Hegde", "ಶಿವಕುಮಾರ ಹೆಗಡೆ"), ("Nagaraj Shetty", "ನಾಗರಾಜ ಶೆಟ್ಟಿ"),
        ("Prakash Bhat", "ಪ್ರಕಾಶ್ ಭಟ್"), ("Lakshmi Hebbar", "ಲಕ್ಷ್ಮೀ ಹೆಬ್ಬಾರ್"),
    ),
    "malayalam": (("Rajeev Menon", "രാജീവ് മേനോൻ"), ("Suresh Pillai", "സുരേഷ് പിള്ള"),
        ("Anil Nambiar", "അനിൽ നമ്പ്യാർ"), ("Biju Kurian", "ബിജു കുര്യൻ")),
    "gurmukhi": (("Harpreet Gill", "ਹਰਪ੍ਰੀਤ ਗਿੱਲ"), ("Gurmeet Sandhu", "ਗੁਰਮੀਤ ਸੰਧੂ"),
        ("Baldev Dhillon", "ਬਲਦੇਵ ਢਿੱਲੋਂ"), ("Manjit Sidhu", "ਮਨਜੀਤ ਸਿੱਧੂ")),
    "cyrillic": (
        ("Dmitri Orlovsky", "Дмитрий Орловский"), ("Pavel Zavadsky", "Павел Завадский"),
        ("Konstantin Belousov", "Константин Белоусов"), ("Vadim Tereshchenko", "Вадим Терещенко"),
        ("Irina Yablonskaya", "Ирина Яблонская"), ("Sergei Dragunov", "Сергей Драгунов"),
        ("Alexander Volkov", "Александр Волков"), ("Yulia Kuznetsova", "Юлия Кузнецова"),
    ),
    "greek": (("Nikos Papadakis", "Νίκος Παπαδάκης"), ("Giorgos Stavridis", "Γιώργος Σταυρίδης"),
        ("Eleni Markopoulou", "Ελένη Μαρκοπούλου"), ("Dimitris Karras", "Δημήτρης Καρράς"),
        ("Kostas Vlachos", "Κώστας Βλάχος"), ("Maria Ioannou", "Μαρία Ιωάννου"),
    ),
    "arabic": (("Khalid Mansour", "خالد منصور"), ("Faisal Barakat", "فيصل بركات"), ("Tariq Haddad", "طارق حداد"),
        ("Nasser Sayegh", "ناصر صايغ"), ("Youssef Khoury", "يوسف خوري"), ("Samir Kassab", "سمير كساب"),
    ),
    "hebrew": (("David Shapira", "דוד שפירא"), ("Moshe Kaplan", "משה קפלן"), ("Dan Rubinstein", "דן רובינשטיין"),
        ("Gil Friedman", "גיל פרידמן"), ("Yossi Cohen", "יוסי כהן"), ("Avi Levy", "אבי לוי"),
    ),
    "han": (("Lin Haoran", "林浩然"), ("Zhou Mingde", "周明德"), ("Chen Yaowen", "陈耀文"),
        ("Guo Jiaxin", "郭嘉欣"), ("Xu Zhiqiang", "徐志强"), ("Huang Lihua", "黄丽华"),
    ),
    "hangul": (("Kim Dohyun", "김도현"), ("Park Seojun", "박서준"), ("Choi Minjae", "최민재"),
        ("Jung Haewon", "정해원"), ("Lee Jihoon", "이지훈"), ("Kang Sooyoung", "강수영"),
    ),
}  # fmt: skip
CULTURES = tuple(_FAMILY)
SCRIPTS = tuple(_NATIVE)
INDIC_SCRIPTS = SCRIPTS[: SCRIPTS.index("cyrillic")]


@dataclass(frozen=True, slots=True)
class PersonalName:
    """A made-up person's name; `native` is how another script writes it, with that script's name."""

    given: str
    family: str
    culture: str
    gender: Gender
    native: str | None = None
    script: str = "latin"

    @property
    def full(self) -> str:
        """Given name, then family name."""
        return f"{self.given} {self.family}"


def of_split(words: str, split: Split) -> list[str]:
    """Return the words of a list that belong to a split."""
    return words.split()[0 if split == "fit" else 1 :: 2]


def personal_name(random: Random, split: Split, culture: str | None = None) -> PersonalName:
    """Return a name of a culture, or of any."""
    culture = culture or random.choice(CULTURES)
    gender: Gender = random.choice(("male", "male", "female"))
    given = random.choice(of_split(_GIVEN[culture, gender], split))
    family = random.choice(of_split(_FAMILY[culture], split))
    return PersonalName(given.capitalize(), family.capitalize(), culture, gender)


def native_names(split: Split) -> list[PersonalName]:
    """Return every name of a split that is known in its own script."""
    return [
        PersonalName(given, family, culture="native", gender="male", native=native, script=script)
        for script, pairs in _NATIVE.items()
        for romanised, native in pairs[0 if split == "fit" else 1 :: 2]
        for given, family in [romanised.split(" ", 1)]
    ]


_ONSETS, _RIMES = "b br c d dr f g gl h k kr l m n p pr r s st t tr v w z", "a e i o u an el in or us"
_TRADES = "Steel Textiles Shipping Energy Foods Chemicals Motors Pharma Hotels Cement Mining Software Logistics Paper"
_FORMS = {"indian": "Ltd", "western": "plc", "eastern": "JSC", "arabic": "LLC", "native": "Ltd"}


def invented_word(random: Random, split: Split) -> str:
    """Return a word that is no name: the splits differ in their last letter."""
    syllables = (random.choice(_ONSETS.split()) + random.choice(_RIMES.split()) for _ in range(random.randint(2, 3)))
    return "".join(syllables).capitalize() + ("x" if split == "fit" else "k")


def company_name(random: Random, split: Split, culture: str) -> str:
    """Return a made-up company with its legal form."""
    return f"{invented_word(random, split)} {random.choice(of_split(_TRADES, split))} {_FORMS[culture]}"


def like_company(random: Random, split: Split, company: str) -> str:
    """Return another company that shares the word that tells a company apart, in another trade."""
    trades = [trade for trade in of_split(_TRADES, split) if trade not in company]
    return f"{company.split()[0]} {random.choice(trades)}"
