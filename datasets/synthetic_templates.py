"""Sentences of made-up news, written for this project, by what they say about the one they name; two splits each.

Slots: {name} the mention, {short} the family name, {company}, {role}, {city}, {other} and {third} other people,
{elsewhere} another company, {town} another city, {age}.
"""

from __future__ import annotations

from collections.abc import Mapping

from datasets.synthetic_names import Split

Story = tuple[str, str]  # headline, body

# The client is what the article is about, and a fact of the client stands beside the name.
ABOUT: Mapping[Split, tuple[Story, ...]] = {
    "fit": (
        ("{name} arrested in {city}", "{name}, {role} of {company}, was held in {city} on Monday. {short} denies it."),
        ("{name} sells stake", "{role} {name} has sold a stake in {company} for 40 million. {short} keeps a tenth."),
        ("{company} chief {name} resigns", "{name} resigned from {company} late on Tuesday. {short} gave no reason."),
        ("{name} gives to hospital", "{city} {role} {name} donated 3 million. {short} runs {company}."),
        ("Court charges {name}", "A court charged {name} of {company} with fraud. The lawyers of {short} spoke."),
    ),
    "held-out": (
        ("{name} dies at home", "{name}, who led {company} as {role}, died in {city} on Sunday. {short} was ill."),
        ("Police question {name}", "Detectives questioned {name}, the {role} of {company}. {short} was let go later."),
        ("{name} steps back", "After a decade at {company}, {name} is stepping back. {short} stays an adviser."),
        ("Tribunal fines {name}", "The tribunal fined {city} {role} {name}. {short} may appeal, {company} said."),
        ("{name} buys a rival", "{company} and its {role} {name} bought a rival. {short} called the price fair."),
    ),
}  # fmt: skip
# The client, sure enough, but only in passing.
PASSING: Mapping[Split, tuple[Story, ...]] = {
    "fit": (
        ("Gala raises millions", "The gala raised two million. It ran until late. Guests included {name}, {role} of"
         " {company}, {other} and {third}."),
        ("New wing opens", "The wing opened on Sunday evening. It took years to build. {name}, {role} of {company},"
         " also attended."),
        ("Market closes higher", "Shares closed higher on Friday after a slow week. Volumes were thin throughout the"
         " day. Analysts pointed at rates, according to {name} of {company}."),
    ),
    "held-out": (
        ("Regatta draws crowds", "The regatta drew a record crowd. Winds were light for most of the day. Among those"
         " present were {other}, {third}, {name} of {company} and Ada Quist."),
        ("Festival ends with fireworks", "The festival ended with fireworks. Visitors came from abroad. Sponsors such"
         " as {name}, {role} of {company}, took part."),
        ("Rents fall again", "Rents fell for a third month in a row. Landlords blamed new supply in the suburbs."
         " Tenants were relieved, said {name}, {role} of {company}."),
    ),
}  # fmt: skip
# Nothing but the name: nobody can tell.
BARE: Mapping[Split, tuple[Story, ...]] = {
    "fit": (
        ("{name} honoured", "{name} was honoured at a ceremony on Friday. {short} smiled."),
        ("Fire at the home of {name}", "A fire broke out at the home of {name}. {short} was unhurt."),
    ),
    "held-out": (
        ("{name} speaks at dinner", "{name} spoke for an hour at the dinner. {short} was applauded."),
        ("Car of {name} stolen", "Thieves took a car that belongs to {name}. {short} told the police."),
    ),
}
# Somebody else of the same name, and the text says so.
NAMESAKE: Mapping[Split, tuple[Story, ...]] = {
    "fit": (
        ("{name} hits a century", "Cricketer {name} made 112 off 98 balls. The batsman {short} was man of the match."),
        ("{name} wins seat", "{name}, a politician from {town}, won the seat. {short} thanked the voters."),
        ("{name} joins board", "{name}, chief executive of {elsewhere}, spoke on Friday. {short} is new to the post."),
        ("Pupil {name} wins quiz", "{name}, {age}, a student from {town}, won the quiz. {short} beat forty others."),
        ("{name} stars in film", "Actor {name} plays a spy in the film. {short} trained for months in {town}."),
    ),
    "held-out": (
        ("{name} breaks record", "Sprinter {name} broke the national record in {town}. {short} trains twice a day."),
        ("{name} sings at fair", "The singer {name} opened the fair in {town}. {short} released an album in June."),
        ("{elsewhere} names {name}", "{elsewhere} named {name} as its managing director. {short} had run sales."),
        ("Teacher {name} retires", "{name}, {age}, a teacher in {town}, retires in May. Pupils will miss {short}."),
        ("Goalkeeper {name} injured", "Goalkeeper {name} was injured in training. The match goes on without {short}."),
    ),
}  # fmt: skip
# Companies: about one, in passing, and another of a like name.
COMPANY: Mapping[Split, tuple[Story, ...]] = {
    "fit": (
        ("{name} closes mill", "{name} closed its {city} mill on Friday. {name} employs 3,000 people."),
        (
            "{name} raises forecast",
            "Quarterly profit at {name} rose by a fifth. The {city} company raised its forecast.",
        ),
    ),
    "held-out": (
        ("{name} recalls pumps", "{name} recalled 4,000 pumps on Thursday. A spokesman in {city} apologised."),
        ("Strike at {name} ends", "A strike at {name} ended after talks. {name} will pay a bonus."),
    ),
}
COMPANY_PASSING: Mapping[Split, tuple[Story, ...]] = {
    "fit": (("Index edges up", "The index edged up on Friday in calm trade. Traders waited for data all day long."
             " Gainers included {name}, {other} and {third}."),),
    "held-out": (("Exports slip", "Exports slipped in the quarter, the office said. Demand from abroad was weaker than"
                  " hoped. Shippers such as {name} felt it."),),
}  # fmt: skip
# By script: a person arrested, with the company in Latin letters, as much of the world's business press writes it.
NATIVE: Mapping[str, Story] = {
    "devanagari": ("{name} गिरफ्तार", "{company} के अध्यक्ष {name} को शुक्रवार को गिरफ्तार किया गया।"),
    "bengali": ("{name} গ্রেপ্তার", "{company} এর চেয়ারম্যান {name} শুক্রবার গ্রেপ্তার হয়েছেন।"),
    "tamil": ("{name} கைது", "{company} தலைவர் {name} வெள்ளிக்கிழமை கைது செய்யப்பட்டார்."),
    "telugu": ("{name} అరెస్టు", "{company} చైర్మన్ {name} శుక్రవారం అరెస్టయ్యారు."),
    "gujarati": ("{name} ની ધરપકડ", "{company} ના અધ્યક્ષ {name} ની શુક્રવારે ધરપકડ થઈ."),
    "kannada": ("{name} ಬಂಧನ", "{company} ಅಧ್ಯಕ್ಷ {name} ಅವರನ್ನು ಶುಕ್ರವಾರ ಬಂಧಿಸಲಾಯಿತು."),
    "cyrillic": ("{name} задержан", "{name}, председатель {company}, задержан в пятницу."),
    "greek": ("Συνελήφθη ο {name}", "Ο {name}, πρόεδρος της {company}, συνελήφθη την Παρασκευή."),
    "arabic": ("اعتقال {name}", "اعتقلت الشرطة {name} رئيس شركة {company} يوم الجمعة."),
    "hebrew": ("{name} נעצר", "{name}, יושב ראש {company}, נעצר ביום שישי."),
    "han": ("{name}被捕", "{company}董事长{name}周五被捕。"),
    "hangul": ("{name} 체포", "{company} 회장 {name} 금요일 체포됐다."),
}
# News that names no client; other people only.
NOBODY: Mapping[Split, tuple[Story, ...]] = {
    "fit": (("Rain delays harvest", "Rain delayed the harvest, said {other}. {third} of {elsewhere} hopes for sun."),),
    "held-out": (("Bridge reopens", "The bridge in {town} reopened, {other} said. {third} drove over it first."),),
}
