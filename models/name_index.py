"""The forms of the book's names by two words that stand side by side: most places of a text fall through at once.

A form is filed under its anchor, the rarest of its words, and there under the word next to it. A place of a text is
looked at closer only where both stand, so that a common name such as Kumar costs one look-up however many bear it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from models.name_forms import NameForm
from models.names import Token, lookup_keys

ALONE = ""  # the companion of forms that have one word only
# How far from its anchor a companion stands; two where a middle name may come between.
_OFFSETS = (-2, -1, 1, 2)
Companions = Mapping[tuple[int, str], tuple[NameForm, ...]]


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Forms by the key of their anchor, then by the place and the key of its companion."""

    forms: Mapping[str, Companions]
    anchors: frozenset[str]
    companions: Mapping[str, frozenset[str]]

    def anchors_in(self, words: Iterable[str]) -> frozenset[str]:
        """Return the anchor keys of a text's distinct words whose companion is among these words too."""
        keys = {key for word in words for key in lookup_keys(word)}
        keys.add(ALONE)
        return frozenset(key for key in self.anchors & keys if not self.companions[key].isdisjoint(keys))

    def forms_at(self, tokens: Sequence[Token], position: int, anchor: str) -> Iterator[NameForm]:
        """Yield the forms whose anchor is the token at `position` and whose companion stands where it must."""
        beside = self.forms[anchor]
        yield from beside.get((0, ALONE), ())
        for offset in _OFFSETS:
            if 0 <= position + offset < len(tokens):
                for key in lookup_keys(tokens[position + offset].folded):
                    yield from beside.get((offset, key), ())


def build_index(forms: Iterable[NameForm]) -> NameIndex:
    """File every form under its anchor's and its companion's keys."""
    filed: defaultdict[str, defaultdict[tuple[int, str], list[NameForm]]] = defaultdict(lambda: defaultdict(list))
    for form in forms:
        places = list(_companion_keys(form))
        for anchor in form.words[form.anchor].index_keys:
            beside = filed[anchor]
            for place in places:
                beside[place].append(form)
    return NameIndex(
        forms=MappingProxyType({key: {place: tuple(f) for place, f in by.items()} for key, by in filed.items()}),
        anchors=frozenset(filed),
        companions=MappingProxyType({key: frozenset(name for _, name in by) for key, by in filed.items()}),
    )


def _companion_keys(form: NameForm) -> Iterator[tuple[int, str]]:
    """Yield where the companion of a form's anchor stands, under each of its keys."""
    if len(form.words) == 1:
        yield 0, ALONE
        return
    step = -1 if form.anchor else 1
    for key in form.words[form.anchor + step].index_keys:
        yield step, key
        # The middle name that an open form allows stands before the last word.
        if form.open_middle and len(form.words) - 1 in (form.anchor, form.anchor + step):
            yield 2 * step, key
