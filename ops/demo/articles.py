"""Sample articles about the demo book: what should alert, and what only looks as if it should."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample article, the client it is about (None: nobody) and what it shows."""

    name: str
    headline: str
    body: str
    client_id: str | None


SAMPLES = (
    Sample(
        "chairman",
        "Saxena Industries chairman Amit Saxena arrested in Mumbai",
        "Amit Saxena, chairman of Saxena Industries, was arrested in Mumbai on Friday in an alleged bank fraud.\n"
        "Saxena denies the charges, his lawyer said. Shares of Saxena Industries fell 12 percent.",
        "UHNW-102",
    ),
    Sample(
        "cricketer",
        "Amit Saxena hits a century as Mumbai beat Delhi",
        "Cricketer Amit Saxena made 112 off 98 balls as Mumbai won the Ranji match by five wickets on Sunday.\n"
        "Saxena, 23, opened the batting and was named player of the match. The innings was his third century.",
        None,
    ),
    Sample(
        "passing mention",
        "Museum of modern art opens new wing",
        "The museum opened its new wing on Sunday evening. The building took four years and was designed in Delhi.\n"
        "Guests included Amit Saxena, chairman of Saxena Industries, Priya Rao, John Smith and Jane Roe.",
        None,
    ),
    Sample(
        "the other Amit Saxena",
        "Orbitpath founder Amit Saxena sells his software company",
        "Amit Saxena, founder of Orbitpath Software, has sold the Berlin company to an American rival.\n"
        "Saxena will stay on as chief executive for a year.",
        "UHNW-104",
    ),
    Sample(
        "canary",
        "Quillon Tavistane-Merrow steps down at Merrow Lantern Works",
        "Quillon Tavistane-Merrow, chairman of Merrow Lantern Works, resigned in Port Ellery on Friday.\n"
        "Tavistane-Merrow had led the lantern maker for twenty years.",
        "CANARY-1",
    ),
    Sample(
        "umlauts and a legal form",
        "Weißhaupt baut neues Werk in Stuttgart",
        "Jürgen Weisshaupt, Chef der Weißhaupt Maschinenbau GmbH & Co. KG, eröffnet ein neues Werk in Stuttgart.\n"
        "Weisshaupt investiert 40 Millionen Euro.",
        "UHNW-109",
    ),
    Sample(
        "nickname and initials",
        "Bob Whitfield buys a second vineyard",
        "Robert J. Whitfield, owner of Whitfield Vineyards, has bought a vineyard near Napa.\n"
        "Whitfield paid 30 million dollars.",
        "UHNW-116",
    ),
    Sample(
        "Russian",
        "Дмитрий Орловский продал флот",
        "Судовладелец Дмитрий Орловский, глава Orlovsky Shipping, продал восемь танкеров.\nОрловский живёт в Лимасоле.",
        "UHNW-110",
    ),
    Sample(
        "Chinese",
        "林浩然辞任董事长",
        "林浩然周五辞去Haoran Semiconductor董事长职务。林浩然表示将继续担任顾问。",
        "UHNW-112",
    ),
    Sample(
        "common name without a fact",
        "Rajesh Kumar wins village election",
        "Rajesh Kumar won the village election by 40 votes on Monday. Kumar thanked the voters.",
        None,
    ),
    Sample(
        "company",
        "Nordwind Reederei orders six container ships",
        "Hamburg-based Nordwind Reederei GmbH has ordered six container ships worth 900 million euros.\n"
        "Nordwind said the ships will be delivered in two years.",
        "ORG-203",
    ),
)
