"""Words that mean the same in names, and words about names: variants beyond spelling, legal forms, places."""

from __future__ import annotations

from models.names_data import GENERIC_ORG_WORDS, HONORIFICS, NICKNAMES, PARTICLES


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Romanisations of one name that no spelling rule relates: Cantonese, Wade-Giles, Korean, Hokkien surnames and so on.
_VARIANT_GROUPS = """
chen chan tan chin|huang wong hwang ng ooi|wang wong|wu ng goh woo|zhang cheung chang teo|li lee lei|lin lam lim
|liang leung leong|zhou chow chou chew|guo kwok kuo|cai tsai choi chua|xu hsu hui koh|zheng cheng tay|xie hsieh tse
|yang yeung yeo|zhao chao chiu|zhu chu|jiang chiang|deng tang|ye yip yeh|luo law lo|he ho|lu loo|su so soh
|gim kim|i yi lee rhee ri|bag bak park pak|choe choi|jeong jung chung cheong|gang kang|jo cho|yun yoon|im lim yim
|han hahn|o oh|seo suh|sin shin|gwon kwon|hwang whang|an ahn|song|ryu yoo yu|jeon jun chun|go ko koh|mun moon
|baek paik baik|no roh noh|u woo wu|gu koo ku|hyeon hyun hyon|yeong young yong|seong sung song|gyeong kyung kyong
|jae jai|eun un|jun joon june|hun hoon|su soo|ju joo|gyu kyu|min mean|seon sun|geun keun kun|gi ki|hui hee|hye hae
|george georgy georgi giorgi jorge georges yiorgos giorgos|john ivan jean juan giovanni johann jan ioannis yannis
|peter pyotr petr pierre pedro pietro|paul pavel paolo pablo|michael mikhail miguel michel michele mikael
|alexander aleksandr alejandro alessandro alexandre alexandros aleksander|nicholas nikolai nikolay nicolas nikolaos
|andrew andrei andrey andreas andre andrea|eugene evgeny evgeni yevgeny evgeniy|stephen stepan etienne esteban stefan
|david dawood daoud davud dovid|abraham ibrahim avraham ebrahim|moses musa moshe moosa|joseph yusuf yosef jose
|isaac ishaq yitzhak itzhak yitzchak|jacob yaakov yaqub yakov|solomon suleiman sulaiman shlomo|samuel shmuel
|sarah sara|hannah chana hana|mary maria miriam maryam mariam marie|catherine ekaterina katarina yekaterina
|elizabeth elisabeth elizaveta|james jaime diego|william guillermo wilhelm guillaume|charles carlos karl carlo
|henry enrique heinrich henri|john yohanan yochanan|yehuda judah|chaim haim|tzvi zvi|benjamin binyamin
|chaudhary choudhury chowdhury chaudhuri choudhary chaudhari chowdary|bandyopadhyay banerjee banerji
|mukhopadhyay mukherjee mukherji mookerjee|chattopadhyay chatterjee chatterji|gangopadhyay ganguly ganguli
|agarwal aggarwal agrawal agarwala|bose basu|roy rai ray|sinha singha|mishra misra|iyer aiyar ayyar|nair nayar
|gowda gauda|reddy reddi|jha jha|tripathi tripathy|vishwanathan viswanathan|sen|dutta datta dutt|ghosh ghose
|srivastava srivastav shrivastava shrivastav shrivastva|thakur tagore|yadav jadav jadhav
|bhattacharya bhattacharjee bhattacharyya|das dass|khan khaan
|mohammed muhammad mohamed mohammad muhammed mohamad mohd md mehmet mhd|syed sayyid sayed saiyed said
|hussain hussein husain hossain|qureshi kureshi quraishi|sheikh shaikh shekh|rehman rahman|usman osman uthman othman
|gaddafi qaddafi kadafi qadhafi|tchaikovsky chaikovsky chaykovskiy|jackson|smith smyth
"""


def _by_word(groups: str) -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for group in groups.split("|"):
        for word in group.split():
            table[word] = table.get(word, frozenset()) | frozenset(group.split())
    return table


VARIANTS = _by_word(_VARIANT_GROUPS)
NICK = {name: group - {name} for name, group in NICKNAMES.items()}

# What honorifics say about the person; the rest says nothing of gender.
MALE_HONORIFICS = _set("mr shri sri shree sir lord sheikh shaikh herr don senor monsieur signor baron prince")
FEMALE_HONORIFICS = _set(
    "mrs ms miss smt shrimati kumari km dame lady frau dona senora madame mme signora princess begum"
)
ALL_HONORIFICS = HONORIFICS | FEMALE_HONORIFICS | _set("the honble srimati daktar doktar thiru selvi ustad maulana")
# Also given names, so they fall only when a first and a last name remain.
NAME_LIKE_HONORIFICS = _set("prince don justice major general count km ca er lord miss begum col sri lady")
POSTNOMINALS = _set("esq phd mbe obe cbe kbe ias ips ifs retd mba kc qc mp mla md ji jee saheb sahib sahab san ssi")
RELATIVE = r"\b([sdwc])\s*/\s*[oO]\b\.?|\b(son|daughter|wife) of\b"
NATIVE_HONORIFICS = {
    "डॉ": "dr", "डा": "dr", "श्री": "shri", "श्रीमती": "smt", "कुमारी": "kumari", "প্রফেসর": "prof", "ডঃ": "dr",
    "শ্রী": "shri", "திரு": "shri", "திருமதி": "smt", "శ్రీ": "shri", "శ్రీమతి": "smt", "г": "mr",
    "господин": "mr", "госпожа": "mrs",
    "السيد": "mr", "الدكتور": "dr", "الشيخ": "sheikh", "さん": "ssi", "様": "ssi", "氏": "ssi",
}  # fmt: skip
HONORIFIC_ENDINGS = ("bhai", "ben", "behn", "ji", "jee", "saheb")

# Legal forms written as words of their script.
NATIVE_LEGAL_FORMS = (
    ("株式会社", " kk "), ("有限公司", " ltd "), ("股份", " "), ("주식회사", " kk "), ("(주)", " kk "), ("㈜", " kk "),
    ("प्राइवेट", " pvt "), ("प्रा", " pvt "), ("लिमिटेड", " ltd "), ("लि", " ltd "), ("লিমিটেড", " ltd "),
    ("லிமிடெட்", " ltd "), ("లిమిటెడ్", " ltd "), ("Α.Ε", " sa "), ("ש.ב.מ", " ltd "), ('בע"מ', " ltd "),
)  # fmt: skip
LEGAL_SPELLINGS = {
    "limited": "ltd", "private": "pvt", "incorporated": "inc", "corporation": "corp", "pty": "pvt", "pte": "pvt",
    "company": "co", "ltda": "ltd", "pao": "pjsc", "oao": "jsc", "asa": "as", "aps": "as", "oyj": "oy",
}  # fmt: skip
# Too loose to tell two companies apart.
WEAK_LEGAL_FORMS = _set("co corp group holdings")
LEADING_LEGAL_FORMS = _set("ooo oao pao zao pt cv ao ip tov")
ORG_SPELLINGS = {
    "intl": "international", "natl": "national", "bros": "brothers", "mfg": "manufacturing", "engg": "engineering",
    "inds": "industries", "ind": "industries", "industry": "industries", "svcs": "services", "service": "services",
    "svc": "services", "tech": "technologies", "technology": "technologies", "ent": "enterprises",
    "enterprise": "enterprises", "assoc": "associates", "govt": "government", "univ": "university",
    "mgmt": "management",
    "centre": "center", "labs": "laboratories", "pharma": "pharmaceuticals", "pharmaceutical": "pharmaceuticals",
    "sys": "systems", "system": "systems", "solution": "solutions", "fin": "finance", "comm": "communications",
    "communication": "communications", "telecommunications": "telecom", "hosp": "hospital", "hospitals": "hospital",
    "chem": "chemicals", "chemical": "chemicals", "constr": "construction", "constructions": "construction",
    "invest": "investments", "investment": "investments", "grp": "group", "dev": "development",
}  # fmt: skip
ORG_STOP_WORDS = _set("the of and co for und et de y e la del der m s")
PLACES = _set(
    """
    india uk usa us america china japan germany france europe asia africa singapore dubai uae mumbai delhi
    bangalore bengaluru chennai kolkata hyderabad pune gujarat kerala punjab karnataka london york paris berlin
    tokyo hong kong malaysia indonesia canada australia mexico brazil spain italy russia ukraine poland turkey
    egypt nigeria kenya switzerland austria netherlands belgium sweden norway denmark finland ireland scotland
    qatar saudi arabia bahrain east west north south eastern western northern southern lanka nepal bangladesh
    pakistan
    """
)
NUMBERS = _set("one two three four first second third i ii iii iv v vi vii viii ix x")
GENERIC = GENERIC_ORG_WORDS | frozenset(ORG_SPELLINGS.values()) | _set(
    """
    traders trading exports export impex consultants consulting consultancy ventures projects infra infrastructure
    builders developers realty logistics foods textiles agro auto electronics electric finance financial
    securities     insurance life mutual fund management advisors advisory wealth digital software infotech info
    data network networks     global universal general products works mills cement sugar paper oil gas petroleum
    mining metals airlines airways     railways shipping port ports school college society club union association
    federation council ministry department     authority commission court hospitality retail stores store mart
    bazaar super center academy research design studio     studios entertainment films pictures music games sports
    fashion beauty health healthcare medical care     clinic
    """
)  # fmt: skip
SMALL_NAME_PARTS = PARTICLES - {"mac", "mc", "st", "san"}
