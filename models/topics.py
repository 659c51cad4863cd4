"""What kind of event an article reports, and how much it matters: keyword rules, weighed by where the words stand."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.events import Severity, Topic
from models.text import Text

_PATTERNS: Mapping[Topic, str] = {
    "death": r"dies|died|dead|death of|passes away|passed away|obituary|found dead|killed|demise|funeral",
    "arrest": r"arrest\w*|detained|custody|held by police|jailed|imprisoned|remanded|handcuff\w*|taken into custody",
    "litigation": r"lawsuit|sues?|sued|indict\w*|charged with|charges|convict\w*|sentenced?|trial|pleads?"
    r"|pleaded|verdict"
    r"|fraud|probe|investigat\w+|court|prosecut\w+|bribery|embezzl\w+",
    "sanction": r"sanction\w*|blacklist\w*|asset freeze|assets frozen|banned|bans|travel ban|debarred",
    "divorce": r"divorc\w*|separation from (?:his|her)|alimony|custody battle|splits? from (?:his|her)",
    "ipo": r"ipo|initial public offering|goes public|going public|public listing|stock market debut|to list on",
    "acquisition": r"acqui(?:re|res|red|ring|sition)|takeover|takes over|buys|bought|merger|merges?|buyout",
    "sale": r"sells|sold|sale of|divest\w*|stake sale|offload\w*|disposal of",
    "appointment": r"appoint\w*|named (?:as )?(?:chief|chairman|chairwoman|ceo|director|head)|elected"
    r"|sworn in|takes office|promoted to",
    "resignation": r"resign\w*|steps? down|stepped down|quits?|ousts?|ousted|fired|dismissed"
    r"|ends .{0,40}(?:bid|campaign)",
    "results": r"quarterly (?:results|profit|earnings)|net profit|profit rises|profit falls|earnings|revenue"
    r"|annual results|q[1-4]",
    "funding": r"raises|funding round|series [a-f]|seed round|venture funding|investment round|secures \W?\d",
    "philanthropy": r"donat\w+|philanthrop\w*|charity|charitable|endow\w*|foundation grant",
    "accident": r"crash\w*|accident|injur\w+|collision|explosion|fire at|plunge\w*|wounded|stabbed|shot",
    "health": r"hospital\w*|illness|cancer|surgery|heart attack|stroke|coma|diagnos\w+|intensive care",
    "award": r"award\w*|wins? (?:the |a )?(?:prize|award|medal|gold)|honou?red|knighted|padma|nobel|person of the year",
}
_COMPILED = {topic: re.compile(rf"\b(?:{pattern})\b") for topic, pattern in _PATTERNS.items()}
_CRITICAL: frozenset[Topic] = frozenset({"death", "arrest", "sanction", "accident"})
_IMPORTANT: frozenset[Topic] = frozenset(
    {"litigation", "divorce", "ipo", "acquisition", "sale", "resignation", "health"}
)
_HEADLINE_WEIGHT, _LEAD_WEIGHT, _BODY_WEIGHT, _MOST_PER_TOPIC_IN_BODY = 4.0, 2.0, 0.5, 3
_LEAST = 1.5
_LEAD_CHARS, _BODY_CHARS = 400, 6000


def classify(text: Text) -> tuple[Topic, Severity]:
    """Return the topic of an article and its severity; `other` and `info` when nothing is clear."""
    headline = text.clean[: text.headline_end].lower()
    lead = text.clean[text.headline_end : text.headline_end + _LEAD_CHARS].lower()
    body = text.clean[text.headline_end + _LEAD_CHARS : text.headline_end + _BODY_CHARS].lower()
    scores = {topic: _score(pattern, headline, lead, body) for topic, pattern in _COMPILED.items()}
    topic = max(scores, key=lambda each: scores[each])
    if scores[topic] < _LEAST:
        topic = "other"
    return topic, "critical" if topic in _CRITICAL else "important" if topic in _IMPORTANT else "info"


def _score(pattern: re.Pattern[str], headline: str, lead: str, body: str) -> float:
    in_body = min(_MOST_PER_TOPIC_IN_BODY, len(pattern.findall(body)))
    return (
        _HEADLINE_WEIGHT * bool(pattern.search(headline))
        + _LEAD_WEIGHT * bool(pattern.search(lead))
        + _BODY_WEIGHT * in_body
    )
