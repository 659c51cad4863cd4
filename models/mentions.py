"""Find where a text names an entity of the book: by token keys, and by Aho-Corasick in scripts without spaces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from models.mention_match import Mention, match_form
from models.names import UNSEGMENTED, lookup_keys
from models.registry import Registry
from models.syllable_names import syllable_mentions
from models.text import Text

MAX_MENTIONS_PER_ENTITY = 200
MAX_MENTIONS = 5000  # these two bound the work on text made of names only
MAX_ATTEMPTS = 50_000


def find_mentions(text: Text, registry: Registry) -> dict[int, list[Mention]]:
    """Return the full-name mentions of every entity, in text order, at most 200 an entity."""
    found: defaultdict[int, list[Mention]] = defaultdict(list)
    for mention in (*_by_tokens(text, registry), *_by_surface(text, registry)):
        if len(found[mention.form.entity]) < MAX_MENTIONS_PER_ENTITY:
            found[mention.form.entity].append(mention)
    return {entity: _without_overlaps(mentions) for entity, mentions in found.items() if mentions}


def _without_overlaps(mentions: list[Mention]) -> list[Mention]:
    """Keep the best of mentions that overlap: the longest, then the strongest."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start - m.end, -m.score)):
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)


def _by_tokens(text: Text, registry: Registry) -> Iterator[Mention]:
    index = registry.names
    anchors = index.anchors_in(text.words)
    if not anchors:  # most articles end here
        return
    hits = {word: keys for word in text.words if (keys := anchors.intersection(lookup_keys(word)))}
    found = attempts = 0
    for position, word in enumerate(text.sequence):
        for form in index.forms_at(text.sequence, position, hits[word]) if word in hits else ():
            attempts += 1
            mention = match_form(text, form, position)
            if mention:
                found += 1
                yield mention
        if found >= MAX_MENTIONS or attempts >= MAX_ATTEMPTS:
            return


def _by_surface(text: Text, registry: Registry) -> list[Mention]:
    if text.clean.isascii() or not UNSEGMENTED.search(text.clean):
        return []
    written = [
        Mention(form, start, end, form.score, form.kind)
        for pattern, start, end in registry.unsegmented.find_matches_as_indexes(text.folded)[:MAX_MENTIONS]
        for form in (registry.unsegmented_forms[pattern],)
    ]
    return [*written, *islice(syllable_mentions(text, registry.syllables), MAX_MENTIONS)]
