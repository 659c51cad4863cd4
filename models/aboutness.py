"""Is the article about the client? Headline, lead, how often, and in which role: a passing mention is no alert."""

from __future__ import annotations

import math
import re

from models.context import Reason
from models.entities import Entity
from models.mention_match import Mention
from models.names_data import COMMON_GIVEN, HONORIFICS
from models.text import Text

_BASE = -2.2
_HEADLINE, _HEADLINE_START, _COMPANY_IN_HEADLINE = 3.4, 0.8, 1.4
_LEAD, _SUBJECT, _PER_DOUBLING, _IN_LIST, _IN_PASSING = 2.0, 1.0, 0.9, -2.5, -1.2
_MOST_DOUBLINGS = 3.0
_LIST_ITEM = re.compile(
    r"(?:[A-Z][\w.'’-]*\s?(?:(?:de|of|al|bin|van|von)\s)?){1,5}(?:\([^)]{1,20}\))?(?:,\s(?:and\s)?|\sand\s)"
)
_PASSING_BEFORE = re.compile(
    r"(?:\b(?:including|included|such as|like|among(?:st)?|attended by|alongside|said|told|according to|unlike|follows?"
    r"|as well as|also|former rival|against|see also))[:,]?\s(?:[\w'’.-]+\s){0,4}$",
    re.IGNORECASE,
)

_PASSING_AFTER = re.compile(
    r"(?:,[^,.]{3,60},)?\s"
    r"(?:also\s(?:attended|spoke|took part)|(?:was|were) (?:also )?(?:among|present|seen)|attended)\b"
)


def spans_of(text: Text, entity: Entity, mentions: list[Mention]) -> list[tuple[int, int]]:
    """Return every span that names the entity: full names, and short ones once the full name identified it."""
    spans = [(mention.start, mention.end) for mention in mentions]
    taken = [*spans, *_company_spans(text, entity)]
    for words in entity.short_names:
        for start, end in text.find(words, limit=200):
            overlaps = any(start < other_end and other_start < end for other_start, other_end in taken)
            if not overlaps and _is_short_name(text, start):
                spans.append((start, end))
    for acronym in _defined_acronyms(text, mentions):
        spans += [match.span() for match in re.finditer(rf"\b{re.escape(acronym)}\b", text.clean)][:200]
    return sorted(set(spans))


def _company_spans(text: Text, entity: Entity) -> list[tuple[int, int]]:
    """Return where the text names the client's companies and relatives, which may hold the client's own family name."""
    phrases = (*(fact for fact in entity.facts if fact.kind == "employer"), *entity.related)
    return [span for phrase in phrases for span in text.find(phrase.words)]


def _is_short_name(text: Text, start: int) -> bool:
    """Whether a family name stands for itself rather than ending somebody else's full name."""
    # Particles are small letters: de Blasio, bin Laden.
    is_small = text.cased and text.clean[start].islower()
    if is_small and not re.match(r"[a-z]+\s[A-Z]", text.clean[start : start + 12]):
        return False
    before = re.search(r"([^\W\d_][\w.'’-]*)[ \u00a0]$", text.clean[max(0, start - 30) : start])
    if before is None:
        return True
    word = before.group(1)
    return word.lower().strip(".") not in COMMON_GIVEN - HONORIFICS


def _defined_acronyms(text: Text, mentions: list[Mention]) -> set[str]:
    """Return acronyms that the text defines right after a full name: Pacific Gas and Electric Company (PG&E)."""
    found = (re.match(r"[^()\n]{0,25}\(([A-Z][A-Z&.]{1,7})\)", text.clean[m.end : m.end + 40]) for m in mentions[:3])
    return {match.group(1) for match in found if match}


def aboutness_reasons(text: Text, entity: Entity, mentions: list[Mention]) -> list[Reason]:
    """Return what makes the article about an entity that it mentions, or not; log-odds, the base rate included."""
    spans = spans_of(text, entity, mentions)
    reasons = [Reason("base_rate", "most mentions are in passing", _BASE)]
    in_headline = [span for span in spans if span[0] < text.headline_end]
    in_body = [span for span in spans if span[0] >= text.headline_end]
    listed = [span for span in spans if _in_list(text, *span)]
    if in_headline and in_headline[0] not in listed:
        start, end = in_headline[0]
        first = start <= max(12, text.headline_end // 3)
        reasons.append(Reason("headline", "in the headline", _HEADLINE + _HEADLINE_START * first, start, end))
    elif company := [span for span in _company_spans(text, entity) if span[0] < text.headline_end]:
        reasons.append(Reason("headline", "own company in the headline", _COMPANY_IN_HEADLINE, *company[0]))
    lead = [span for span in in_body if span[0] < text.lead_end and span not in listed]
    passing = [span for span in spans if _in_passing(text, *span)]
    lead = [span for span in lead if span not in passing]
    if lead:
        reasons.append(Reason("lead", "in the lead", _LEAD, *lead[0]))
    if subject := [span for span in lead if _opens_sentence(text, span[0])]:
        reasons.append(Reason("subject", "subject of the lead", _SUBJECT, *subject[0]))
    solid = len(spans) - len(listed)
    if solid > 1:
        doublings = min(math.log2(solid), _MOST_DOUBLINGS)
        reasons.append(Reason("frequency", f"named {solid} times", _PER_DOUBLING * doublings))
    if listed and len(listed) == len(spans):
        reasons.append(Reason("list", "one name in a list", _IN_LIST, *listed[0]))
    elif passing and len(passing) == len(spans):
        reasons.append(Reason("passing", "mentioned in passing", _IN_PASSING, *passing[0]))
    return reasons


def _in_list(text: Text, start: int, end: int) -> bool:
    """Whether a name is one of at least four in an enumeration."""
    begin, stop = text.sentence_span(start)
    before = text.clean[max(begin, start - 120) : start]
    after = text.clean[end : min(stop, end + 120)]
    items_after = re.match(rf"(?:,\s(?:and\s)?|\sand\s)((?:{_LIST_ITEM.pattern}){{0,8}})", after)
    items_before = re.search(rf"((?:{_LIST_ITEM.pattern}){{1,8}})$", before)
    count = sum(len(_LIST_ITEM.findall(match.group(1))) for match in (items_before, items_after) if match)
    return count >= 3 or (count >= 2 and bool(items_before) and bool(items_after))


def _in_passing(text: Text, start: int, end: int) -> bool:
    begin, stop = text.sentence_span(start)
    before = _PASSING_BEFORE.search(text.clean, max(begin, start - 80), start)
    return bool(before or _PASSING_AFTER.match(text.clean, end, min(stop, end + 120)))


def _opens_sentence(text: Text, start: int) -> bool:
    """Whether at most a title stands between the start of the sentence and a name."""
    begin, _ = text.sentence_span(start)
    return len(text.folded[begin:start].split()) <= 2
