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
        ("{name} dies at home", "{name}, who led {company} as {role}, died in {city} on Sunday. {short} was ill."),
        ("Police question {name}", "Detectives questioned {name}, the {role} of {company}. {short} was let go later."),
        ("{name} steps back", "After a decade at {company}, {name} is stepping back. {short} stays an adviser."),
        ("Tribunal fines {name}", "The tribunal fined {city} {role} {name}. {short} may appeal, {company} said."),
        ("{name} buys a rival", "{company} and its {role} {name} bought a rival. {short} called the price fair."),
    ),
    "held-out": (
        ("{name} faces probe", "Investigators opened a probe into {company} and its {role}, {name}. {short} was calm."),
        ("Farewell to {name} in {city}", "Hundreds mourned {name}, {role} of {company}. {short} died last week."),
        ("{name} sues ex-partner", "{city}-based {role} {name} filed a suit. {short} set up {company} long ago."),
        ("Tax raid on {name}", "Officers searched {company}. {name}, its {role}, was at home. {short} is helping."),
        ("{name} to list {company}", "{name} plans to list {company} next year. {short} would keep control."),
        ("{name} divorces", "{name}, the {role} behind {company}, has divorced. {short} lives in {city}."),
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
        ("Regatta draws crowds", "The regatta drew a record crowd. Winds were light for most of the day. Among those"
         " present were {other}, {third}, {name} of {company} and Ada Quist."),
        ("Festival ends with fireworks", "The festival ended with fireworks. Visitors came from abroad. Sponsors such"
         " as {name}, {role} of {company}, took part."),
        ("Rents fall again", "Rents fell for a third month in a row. Landlords blamed new supply in the suburbs."
         " Tenants were relieved, said {name}, {role} of {company}."),
    ),
    "held-out": (
        ("Charity run sets record", "More than 9,000 people ran on Sunday. Streets were closed until noon. {name} of"
         " {company} fired the starting gun."),
        ("Airport delays mount", "Flights were late for a second day. Crews blamed the fog. Stranded passengers"
         " included {name}, {role} of {company}."),
        ("Wine sale beats estimate", "The sale made eight million. Bidders called from Asia. Collectors like {name} of"
         " {company} and {other} stayed away."),
    ),
}  # fmt: skip
# Nothing but the name: nobody can tell.
BARE: Mapping[Split, tuple[Story, ...]] = {
    "fit": (
        ("{name} honoured", "{name} was honoured at a ceremony on Friday. {short} smiled."),
        ("Fire at the home of {name}", "A fire broke out at the home of {name}. {short} was unhurt."),
        ("{name} speaks at dinner", "{name} spoke for an hour at the dinner. {short} was applauded."),
        ("Car of {name} stolen", "Thieves took a car that belongs to {name}. {short} told the police."),
    ),
    "held-out": (
        ("{name} moves house", "{name} has moved house, neighbours said. {short} left on Sunday."),
        ("{name} wins raffle", "The first prize of the raffle went to {name}. {short} was surprised."),
    ),
}  # fmt: skip
# The name and the client's city: a hint, no proof.
CITY: Mapping[Split, tuple[Story, ...]] = {
    "fit": (
        ("{name} fined", "{name} was fined in {city} on Monday. {short} paid at once."),
        ("{name} opens bakery", "{name} opened a bakery in {city} on Thursday. {short} bakes rye bread."),
    ),
    "held-out": (
        ("{name} rescued", "Firemen in {city} freed {name} from a lift. {short} was stuck for an hour."),
        ("{name} plants trees", "{name} planted trees in {city} at the weekend. {short} has planted hundreds."),
    ),
}  # fmt: skip
# Somebody else of the same name, and the text says so.
NAMESAKE: Mapping[Split, tuple[Story, ...]] = {
    "fit": (
        ("{name} hits a century", "Cricketer {name} made 112 off 98 balls. The batsman {short} was man of the match."),
        ("{name} wins seat", "{name}, a politician from {town}, won the seat. {short} thanked the voters."),
        ("{name} joins board", "{name}, chief executive of {elsewhere}, spoke on Friday. {short} is new to the post."),
        ("Pupil {name} wins quiz", "{name}, {age}, a student from {town}, won the quiz. {short} beat forty others."),
        ("{name} stars in film", "Actor {name} plays a spy in the film. {short} trained for months in {town}."),
        ("{name} breaks record", "Sprinter {name} broke the national record in {town}. {short} trains twice a day."),
        ("{name} sings at fair", "The singer {name} opened the fair in {town}. {short} released an album in June."),
        ("{elsewhere} names {name}", "{elsewhere} named {name} as its managing director. {short} had run sales."),
        ("Teacher {name} retires", "{name}, {age}, a teacher in {town}, retires in May. Pupils will miss {short}."),
        ("Goalkeeper {name} injured", "Goalkeeper {name} was injured in training. The match goes on without {short}."),
    ),
    "held-out": (
        ("Boxer {name} retires undefeated", "The boxer {name} ended a long career. {short} never lost a bout."),
        ("{name} elected mayor", "{name} was elected mayor of {town} on Sunday. {short} polled 52 percent."),
        ("{elsewhere} appoints {name}", "{elsewhere} has appointed {name} chief financial officer. {short} joins."),
        ("{name} wins science prize", "{name}, a physicist at the University of {town}, won. {short} studies magnets."),
        ("{name}, {age}, missing", "Police in {town} look for {name}, {age}. {short} was last seen at school."),
        ("Novelist {name} speaks", "Novelist {name} talks about a first book. {short} wrote it in {town}."),
        ("{name} joins {elsewhere}", "{name}, until now head of sales at {elsewhere}, will run it. {short} starts."),
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
        ("{name} recalls pumps", "{name} recalled 4,000 pumps on Thursday. A spokesman in {city} apologised."),
        ("Strike at {name} ends", "A strike at {name} ended after talks. {name} will pay a bonus."),
    ),
    "held-out": (
        ("{name} sues supplier", "{name} sued a supplier over faulty valves. The {city} firm wants 9 million."),
        ("Regulator clears {name}", "The regulator cleared {name} of price fixing. {name} welcomed the ruling."),
    ),
}  # fmt: skip
COMPANY_PASSING: Mapping[Split, tuple[Story, ...]] = {
    "fit": (
        ("Index edges up", "The index edged up on Friday in calm trade. Traders waited for data all day long."
             " Gainers included {name}, {other} and {third}."),
        ("Exports slip", "Exports slipped in the quarter, the office said. Demand from abroad was weaker than"
                  " hoped. Shippers such as {name} felt it."),
    ),
    "held-out": (
        ("Truckers end blockade", "Truckers ended a blockade on Monday. Roads were clear by noon. Plants had run low on"
         " parts. Firms including {name} had sent workers home."),
    ),
}  # fmt: skip
# By script: a person arrested, with the company in Latin letters, as much of the world's business press writes it.
NATIVE: Mapping[Split, Mapping[str, Story]] = {
    "fit": {
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
        "malayalam": ("{name} അറസ്റ്റിൽ", "{company} ചെയർമാൻ {name} വെള്ളിയാഴ്ച അറസ്റ്റിലായി."),
        "gurmukhi": ("{name} ਗ੍ਰਿਫ਼ਤਾਰ", "{company} ਦੇ ਚੇਅਰਮੈਨ {name} ਨੂੰ ਸ਼ੁੱਕਰਵਾਰ ਨੂੰ ਗ੍ਰਿਫ਼ਤਾਰ ਕੀਤਾ ਗਿਆ।"),
    },
    "held-out": {
        "devanagari": ("{name} का इस्तीफा", "{company} के संस्थापक {name} ने सोमवार को इस्तीफा दिया।"),
        "bengali": ("{name} এর পদত্যাগ", "সোমবার {company} এর প্রতিষ্ঠাতা {name} পদত্যাগ করেছেন।"),
        "tamil": ("{name} ராஜினாமா", "{company} நிறுவனர் {name} திங்கட்கிழமை ராஜினாமா செய்தார்."),
        "telugu": ("{name} రాజీనామా", "{company} వ్యవస్థాపకుడు {name} సోమవారం రాజీనామా చేశారు."),
        "gujarati": ("{name} નું રાજીનામું", "{company} ના સ્થાપક {name} એ સોમવારે રાજીનામું આપ્યું."),
        "kannada": ("{name} ರಾಜೀನಾಮೆ", "{company} ಸಂಸ್ಥಾಪಕ {name} ಸೋಮವಾರ ರಾಜೀನಾಮೆ ನೀಡಿದರು."),
        "malayalam": ("{name} രാജിവച്ചു", "{company} സ്ഥാപകൻ {name} തിങ്കളാഴ്ച രാജിവച്ചു."),
        "gurmukhi": ("{name} ਦਾ ਅਸਤੀਫ਼ਾ", "{company} ਦੇ ਸੰਸਥਾਪਕ {name} ਨੇ ਸੋਮਵਾਰ ਨੂੰ ਅਸਤੀਫ਼ਾ ਦਿੱਤਾ।"),
        "cyrillic": ("{name} уходит в отставку", "Основатель {company} {name} ушёл в отставку в понедельник."),
        "greek": ("Παραιτήθηκε ο {name}", "Ο ιδρυτής της {company} {name} παραιτήθηκε τη Δευτέρα."),
        "arabic": ("استقالة {name}", "استقال {name} مؤسس شركة {company} يوم الاثنين."),
        "hebrew": ("{name} התפטר", "מייסד {company}, {name}, התפטר ביום שני."),
        "han": ("{name}辞职", "{company}创始人{name}周一宣布辞职。"),
        "hangul": ("{name} 사임", "{company} 창업자 {name}은 월요일 사임했다."),
    },
}
# News that names no client; other people only.
NOBODY: Mapping[Split, tuple[Story, ...]] = {
    "fit": (
        ("Rain delays harvest", "Rain delayed the harvest, said {other}. {third} of {elsewhere} hopes for sun."),
        ("Bridge reopens", "The bridge in {town} reopened, {other} said. {third} drove over it first."),
    ),
    "held-out": (
        ("Museum extends hours", "{other} will run the museum until May, {third} said. Entry is free on Sundays."),
    ),
}  # fmt: skip
