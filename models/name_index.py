"""The forms of the book's names by two words that stand side by side: most places of a text fall through at once.

A form is filed under its anchor, the rarest of its words, and there under the word next to it. A place of a text is
looked at closer only where both stand, so that a common name such as Kumar costs one look-up however many bear it.
Both words are filed by spelling, and once more by consonants for scripts that leave vowels out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from models.name_forms import NameForm
from models.names import lookup_keys

ALONE = ""  # the companion of forms that have one word only
# How far from its anchor a companion stands; two where a middle name may come between.
_OFFSETS = (-2, -1, 1, 2)


_Companions = Mapping[str, Mapping[int, Sequence[NameForm]]]


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Forms by the key of their anchor, then by the key and the place of its companion."""

    forms: Mapping[str, _Companions]
    anchors: frozenset[str]

    def anchors_in(self, words: Iterable[str]) -> frozenset[str]:
        """Return the anchor keys of a text's distinct words whose companion is among these words too."""
        keys = set(chain.from_iterable(map(lookup_keys, words)))
        keys.add(ALONE)
        return frozenset(key for key in self.anchors & keys if not keys.isdisjoint(self.forms[key]))

    def forms_at(self, words: Sequence[str], position: int, anchors: Iterable[str]) -> Iterator[NameForm]:
        """Yield the forms whose anchor is the word at `position` and whose companion stands where it must."""
        for anchor in anchors:
            yield from self._forms_at(words, position, self.forms[anchor])

    def _forms_at(self, words: Sequence[str], position: int, companions: _Companions) -> Iterator[NameForm]:
        if ALONE in companions:
            yield from companions[ALONE][0]
        for offset in _OFFSETS:
            for key in lookup_keys(words[position + offset]) if 0 <= position + offset < len(words) else ():
                places = companions.get(key)
                if places:
                    yield from places.get(offset, ())


def build_index(forms: Iterable[NameForm]) -> NameIndex:
    """File every form under its anchor's and its companion's keys."""
    filed: dict[str, dict[str, dict[int, list[NameForm]]]] = {}
    for form in forms:
        anchor = form.words[form.anchor]
        if len(form.words) == 1:
            for key in (anchor.key, anchor.skeleton):
                filed.setdefault(key, {}).setdefault(ALONE, {}).setdefault(0, []).append(form)
            continue
        step = -1 if form.anchor else 1
        companion = form.words[form.anchor + step]
        # The middle name that an open form allows stands before the last word.
        open_here = form.open_middle and len(form.words) - 1 in (form.anchor, form.anchor + step)
        for key, beside in ((anchor.key, companion.key), (anchor.skeleton, companion.skeleton)):
            places = filed.setdefault(key, {}).setdefault(beside, {})
            for place in (step, 2 * step) if open_here else (step,):
                places.setdefault(place, []).append(form)
    return NameIndex(filed, frozenset(filed))
