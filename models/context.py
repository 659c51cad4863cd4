"""Is the one that a text names this client? Facts of the client in the text speak for it, other facts against it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.events import Article
from models.entities import Entity, FactPhrase
from models.mention_match import Mention
from models.names import fold
from models.names_data import COMMON_GIVEN, GENERATIONS, HONORIFICS
from models.occupations import DOMAIN_OF, EMPLOYED_ROLES, SPORT_PAGE
from models.text import Text

# Log-odds of a fact found in the sentence of a mention, and elsewhere in the text.
FACT_WEIGHTS = {
    "employer": (3.0, 2.2), "related": (2.2, 1.6), "role": (1.3, 0.5), "city": (1.0, 0.7),
    "country": (0.5, 0.3), "sector": (0.9, 0.7), "party": (1.0, 0.8),
    "context": (2.2, 1.6),
}  # fmt: skip
MOST_FROM_CONTEXT = 4.5
_SAME_FIELD, _OTHER_FIELD, _OTHER_EMPLOYER, _SPORT_PAGE, _OTHER_AGE, _SAME_AGE, _OTHER_GENDER, _OWN_SITE = (
    0.8, -3.0, -2.0, -2.5, -3.5, 1.5, -1.5, 2.5,
)  # fmt: skip
_A_PERSON, _GIVEN_NAME_CHARS = -2.0, 20
_PRONOUNS = {"m": ("he", "his", "him"), "f": ("she", "her", "hers")}
_MENTIONS_READ = 8
_NEAR_CHARS = 160
_CLOSERS = frozenset(
    ("of", "by", "with", "and", "to", "the", "a", "an", "for", "from", "at", "in", "on", "against", "met", "told", "as")
)
_TITLES = re.compile(rf"(?:\b(?:{'|'.join(sorted(HONORIFICS))})\.?\s+)+$", re.IGNORECASE)
_SUFFIX = re.compile(rf",?\s(?:{'|'.join(sorted(GENERATIONS))})\b\.?", re.IGNORECASE)
_APPOSITION = re.compile(r"\s*(?:,|\(|is|was|who is|who was|—|–|-)\s*(?:an?\s|the\s)?([^,.;:()\n]{3,80})")
_NAME_RUN = r"((?:[A-Z][\w&'’-]*(?:\s+(?=[A-Z]))?){1,6})"
_EMPLOYED_AFTER = re.compile(
    rf"[\s,(]*(?:the\s|an?\s)?(?:[\w-]+\s){{0,3}}?(?:{EMPLOYED_ROLES})(?:\sof(?:\s[a-z]+){{1,3}}?)?"
    rf"\s(?:of|at|with|for)\s(?:the\s)?{_NAME_RUN}"
)
_EMPLOYED_BEFORE = re.compile(rf"{_NAME_RUN}\s?(?:'s|’s)?\s(?:{EMPLOYED_ROLES})\s$")
# "Orbitpath named X as its managing director": the name stands between the verb and the post.
_APPOINTER = re.compile(
    rf"{_NAME_RUN}\s?(?:has\s|have\s|had\s|will\s)?"
    r"(?:named?|names|appoint(?:s|ed)?|hire[sd]?|promote[sd]?|picks?|picked|poached|recruit(?:s|ed)?)\s$"
)
_POST_AFTER = re.compile(rf"\s(?:(?:as|its|their|the|a|an|new|to|be|group|global)\s){{0,4}}(?:{EMPLOYED_ROLES})\b")
_AGE_AFTER = re.compile(r"\s*(?:,\s*|\()(\d{2})(?=[,)])")
_AGE_BEFORE = re.compile(r"(\d{2})-year-old\s(?:[\w-]+\s){0,3}$")
_AGED = re.compile(r"\b(?:aged?|at age|at the age of)\s(\d{2})\b|\bdies at (\d{2})\b")


@dataclass(frozen=True, slots=True)
class Reason:
    """A signed contribution in log-odds, with the span of `Text.clean` it rests on, if any."""

    kind: str
    detail: str
    contribution: float
    start: int | None = None
    end: int | None = None


def identity_reasons(text: Text, entity: Entity, mentions: list[Mention], article: Article) -> list[Reason]:
    """Return what speaks for and against the mentions being this entity; the name itself comes first."""
    best = max(mentions, key=lambda mention: mention.score)
    reasons = [Reason("name", best.how, best.score, best.start, best.end)]
    facts = _capped(list(_fact_reasons(text, entity, mentions)))
    reasons += facts
    reasons += _own_site(entity, article)
    if entity.is_person:
        employer_known = any(reason.kind in ("employer", "related") for reason in facts)
        reasons += _field_reasons(text, entity, mentions, employer_known)
        reasons += [] if employer_known else _other_employer(text, entity, mentions)
        reasons += _age_reasons(text, entity, mentions, article)
        reasons += _gender_reasons(text, entity, mentions)
    else:
        reasons += _person_of_the_name(text, best)
    return reasons


def _person_of_the_name(text: Text, best: Mention) -> list[Reason]:
    """A company is found by one word only, and the text has a person of that family name: Harrison Ford."""
    if len(best.form.words) > 1:
        return []
    for start, end in text.find((text.folded[best.start : best.end],)):
        given = re.search(r"\S+(?=\s$)", text.clean[max(0, start - _GIVEN_NAME_CHARS) : start])
        if given and fold(given.group()) in COMMON_GIVEN:
            begin = start - 1 - len(given.group())
            return [Reason("person", text.clean[begin:end], _A_PERSON, begin, end)]
    return []


def _fact_reasons(text: Text, entity: Entity, mentions: list[Mention]) -> Iterator[Reason]:
    """Yield the best hit of each kind of fact."""
    phrases = [*entity.facts, *(FactPhrase("related", phrase.value, phrase.words) for phrase in entity.related)]
    best: dict[str, Reason] = {}
    for phrase in phrases:
        near, far = FACT_WEIGHTS[phrase.kind]
        for start, end in text.find(phrase.words):
            if any(mention.start < end and start < mention.end for mention in mentions):
                continue
            weight = near if _is_near(text, start, mentions) else far
            if phrase.kind not in best or best[phrase.kind].contribution < weight:
                best[phrase.kind] = Reason(phrase.kind, phrase.value, weight, start, end)
    yield from best.values()


def _is_near(text: Text, position: int, mentions: list[Mention]) -> bool:
    return any(
        abs(mention.start - position) < _NEAR_CHARS and text.sentence_of(mention.start) == text.sentence_of(position)
        for mention in mentions[:_MENTIONS_READ]
    )


def _capped(reasons: list[Reason]) -> list[Reason]:
    """Scale contributions so that together they stay within what context may give."""
    total = sum(reason.contribution for reason in reasons)
    scale = min(1.0, MOST_FROM_CONTEXT / total) if total else 1.0
    return [Reason(r.kind, r.detail, r.contribution * scale, r.start, r.end) for r in reasons]


def _own_site(entity: Entity, article: Article) -> list[Reason]:
    """A company's own site or press office writes about the company."""
    if entity.is_person:
        return []
    host = fold((article.url or "").split("//")[-1].split("/")[0].removeprefix("www.")).replace(" ", "")
    said = fold(article.publisher or "").replace(" ", "")
    for words in entity.long_names:
        joined = "".join(words)
        if len(joined) >= 5 and (host.startswith(joined) or said == joined):
            return [Reason("publisher", "published by the company itself", _OWN_SITE)]
    return []


def _field_reasons(text: Text, entity: Entity, mentions: list[Mention], employer_known: bool) -> list[Reason]:
    """Compare what the text calls the person, and the kind of page, with what the client does."""
    if not entity.domains:
        return []
    told = [hit for mention in mentions[:_MENTIONS_READ] for hit in _descriptors(text, mention)]
    same = [hit for hit in told if DOMAIN_OF[hit[0]] in entity.domains]
    if same:
        word, start, end = same[0]
        return [Reason("field", f"called {word}", _SAME_FIELD, start, end)]
    # Being called a convict is news about a client, not a sign of somebody else, so crime has no domain.
    if told and not employer_known:
        word, start, end = told[0]
        return [Reason("other_field", f"called {word}", _OTHER_FIELD, start, end)]
    page = text.words & SPORT_PAGE
    if len(page) >= 4 and "sport" not in entity.domains and not employer_known:
        return [Reason("sport_page", "a sports page: " + ", ".join(sorted(page)[:4]), _SPORT_PAGE)]
    return []


def _descriptors(text: Text, mention: Mention) -> Iterator[tuple[str, int, int]]:
    """Yield the occupations a text gives with a name: just before it, or in the apposition after it."""
    start, end = text.sentence_span(mention.start)
    named_from = _before_titles(text, start, mention)
    before = re.split(r"[,.;:()\n\"“”]", text.clean[max(start, named_from - 60) : named_from])[-1]
    offset = named_from - len(before)
    words = list(re.finditer(r"\S+", fold(before)))[-5:]
    for match in reversed(words):
        if match.group() in _CLOSERS:
            break
        if match.group() in DOMAIN_OF:
            yield match.group(), offset + match.start(), offset + match.end()
    named_to = _after_suffix(text, mention)
    after = _APPOSITION.match(text.clean, named_to, min(end, named_to + 140))
    if after:
        for match in re.finditer(r"\S+", fold(after.group(1))):
            if match.group() in DOMAIN_OF:
                yield match.group(), after.start(1) + match.start(), after.start(1) + match.end()


def _before_titles(text: Text, start: int, mention: Mention) -> int:
    """Return where a name begins, the titles before it included: Capt., Sir."""
    titles = _TITLES.search(text.clean, max(start, mention.start - 60), mention.start)
    return titles.start() if titles else mention.start


def _after_suffix(text: Text, mention: Mention) -> int:
    """Return where a name ends, a generational suffix after it included: Jr., III."""
    suffix = _SUFFIX.match(text.clean, mention.end)
    return suffix.end() if suffix else mention.end


def _other_employer(text: Text, entity: Entity, mentions: list[Mention]) -> list[Reason]:
    """The text gives the person a post at a company that the client has nothing to do with."""
    if not any(fact.kind == "employer" for fact in entity.facts):
        return []
    for mention in mentions[:_MENTIONS_READ]:
        named_to = _after_suffix(text, mention)
        after = _EMPLOYED_AFTER.match(text.clean, named_to, named_to + 140)
        start = text.sentence_span(mention.start)[0]
        end = _before_titles(text, start, mention)
        begin = max(start, end - 90)
        before = _EMPLOYED_BEFORE.search(text.clean, begin, end)
        posted = _POST_AFTER.match(text.clean, named_to, named_to + 60)
        appointer = _APPOINTER.search(text.clean, begin, end) if posted else None
        for match in filter(None, (after, before, appointer)):
            if not entity.own_words & set(fold(match.group(1)).split()):
                detail = f"a post at {match.group(1).strip()}"
                return [Reason("other_employer", detail, _OTHER_EMPLOYER, match.start(1), match.end(1))]
    return []


def _age_reasons(text: Text, entity: Entity, mentions: list[Mention], article: Article) -> list[Reason]:
    if entity.birth_year is None or article.published_at is None:
        return []
    expected = article.published_at.year - entity.birth_year
    for mention in mentions[:_MENTIONS_READ]:
        start, end = text.sentence_span(mention.start)
        matches = (
            _AGE_AFTER.match(text.clean, _after_suffix(text, mention), end),
            _AGE_BEFORE.search(text.clean, max(start, mention.start - 60), mention.start),
            _AGED.search(text.clean, mention.end, min(end, mention.end + 60)),
        )
        for match in filter(None, matches):
            age = int(next(filter(None, match.groups())))
            fits = abs(age - expected) <= 1
            kind, weight = ("age", _SAME_AGE) if fits else ("other_age", _OTHER_AGE)
            return [Reason(kind, f"aged {age}, the client is {expected}", weight, match.start(), match.end())]
    return []


def _gender_reasons(text: Text, entity: Entity, mentions: list[Mention]) -> list[Reason]:
    """Pronouns right after a mention that are all of the other gender."""
    if entity.gender not in ("m", "f"):
        return []
    told: list[str] = []
    for mention in mentions[:3]:
        told += re.findall(r"\b(he|his|him|she|her|hers)\b", text.folded[mention.end : mention.end + 200])
    other = [word for word in told if word not in _PRONOUNS[entity.gender]]
    if len(other) >= 2 and len(other) == len(told):
        return [Reason("other_gender", f"called {other[0]}", _OTHER_GENDER)]
    return []
