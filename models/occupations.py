"""What people do, in domains: the cheapest sign that two people of one name are not the same person."""

from __future__ import annotations

_WORDS_BY_DOMAIN = {
    "sport": """
        cricketer footballer batsman batter bowler striker midfielder goalkeeper defender coach athlete runner
        sprinter swimmer boxer wrestler golfer racer hurdler olympian wicketkeeper spinner allrounder referee
        umpire jockey skier gymnast cyclist quarterback pitcher shooter archer paddler shuttler sportsman
        sportswoman
    """,
    "politics": """
        politician mayor senator minister premier governor congressman congresswoman mp mla councillor
        legislator lawmaker diplomat ambassador representative chancellor candidate taoiseach sarpanch
    """,
    "arts": """
        actor actress singer songwriter musician drummer guitarist pianist rapper novelist author writer poet
        painter artist sculptor dancer filmmaker comedian composer playwright cinematographer photographer
        vocalist lyricist
    """,
    "science": """
        scientist professor researcher biologist physicist chemist oceanographer astronomer geologist
        mathematician historian economist academic lecturer archaeologist ecologist botanist
    """,
    "medicine": """
        doctor surgeon physician nurse dentist cardiologist psychiatrist oncologist paramedic
    """,
    "law": """
        lawyer judge attorney barrister solicitor prosecutor magistrate advocate
    """,
    "security": """
        soldier colonel officer constable inspector policeman detective agent spy commando marine guard
        lieutenant
    """,
    "media": """
        journalist reporter anchor editor broadcaster presenter columnist host blogger youtuber photojournalist
    """,
    "religion": """
        bishop priest imam pastor cardinal monk archbishop rabbi nun cleric
    """,
    "space": """
        astronaut cosmonaut
    """,
    "education": """
        student teacher headmaster schoolgirl schoolboy pupil undergraduate
    """,
    "trade": """
        driver chef farmer plumber electrician mechanic carpenter cook waiter bartender firefighter sailor pilot
        labourer worker gardener cashier janitor
    """,
    "business": """
        chairman chairwoman chairperson ceo cfo coo founder cofounder entrepreneur businessman businesswoman
        industrialist billionaire magnate tycoon investor banker owner promoter financier proprietor shareholder
        hotelier restaurateur manufacturer developer merchant shipowner brewer executive heir heiress director
    """,
}
_SPORT_PAGE_WORDS = """
    cricket innings wicket wickets batting bowling overs ipl ranji football soccer tennis hockey badminton
    basketball tournament league championship championships olympic olympics squad stadium medal marathon match
    playoff semifinal season scored scorer
"""
DOMAIN_OF = {word: domain for domain, words in _WORDS_BY_DOMAIN.items() for word in words.split()}

# Words of a sports page; several of them together make one.
SPORT_PAGE = frozenset([*_WORDS_BY_DOMAIN["sport"].split(), *_SPORT_PAGE_WORDS.split()])

# "Chairman of X", "X chief executive": roles that name an employer.
EMPLOYED_ROLES = (
    "chairman|chairwoman|chairperson|chair|ceo|cfo|coo|chief (?:executive|financial|operating)(?: officer)?|founder"
    "|co-founder|owner|president|managing director|director|head|partner|promoter|manager|executive|vice[- ]president"
    "|chef|coach|captain|spokesman|spokeswoman|professor"
)


def domains_of(texts: tuple[str, ...]) -> frozenset[str]:
    """Return the domains that folded role, sector and description texts speak of."""
    return frozenset(DOMAIN_OF[word] for text in texts for word in text.split() if word in DOMAIN_OF)
