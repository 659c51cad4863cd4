"""Which word of one name stands for which of the other, and what is left over: the typed evidence of a pair."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import OSA

from models.pairs.compiled import CompiledName
from models.pairs.relation import STRENGTH, relation
from models.pairs.words import Word, word

# Relations that by themselves nearly settle that two words are one name.
_SURE = frozenset(("equal", "variant", "sound", "nickname", "joined", "slip"))
_PERSON_RANKS = frozenset(("common", "rare"))
_JOINS = frozenset(("equal", "variant", "sound", "slip", "edit", "rendering"))


class Link(NamedTuple):
    """A piece of evidence: its type, and the words it rests on (empty where a side has none)."""

    type: str
    left: str = ""
    right: str = ""


COMMON_NAME, _SINGLE_WORD, _REORDERED = Link("common name"), Link("single word"), Link("reordered")
_HARDLY_AGREES = [Link("hardly agrees")]
_NOTHING_AGREES = [*_HARDLY_AGREES, Link("nothing agrees")]


@dataclass(slots=True)
class _Aligned:
    """Work in progress: words not yet used, by position, and the links found."""

    left: dict[int, Word]
    right: dict[int, Word]
    links: list[Link]
    places: list[tuple[int, int]]
    sure: int = 0
    uncommon: int = 0

    def add(self, kind: str, left: tuple[int, ...], right: tuple[int, ...]) -> None:
        first, second = [self.left.pop(i) for i in left], [self.right.pop(j) for j in right]
        rank = second[0].rank if first[0].initial else first[0].rank
        type_ = kind if rank in _PERSON_RANKS else f"{kind}:{rank}"
        self.links.append(Link(type_, " ".join(w.text for w in first), " ".join(w.text for w in second)))
        self.places.append((left[0], right[0]))
        self.sure += kind in _SURE
        self.uncommon += rank != "common" and not second[0].initial


def align(left: CompiledName, right: CompiledName) -> list[Link]:
    """Return the evidence that two names of one kind give, word by word and of the whole."""
    state = _Aligned(dict(enumerate(left.words)), dict(enumerate(right.words)), [], [])
    _equal(state)
    if state.left and state.right:
        if len(state.left) != len(state.right) or any(each.syllabic for each in (*left.words, *right.words)):
            _joined(state)
            if left.kind == "person":
                _glued_initials(state)
        _related(state)
    sizes = len(left.words), len(right.words)
    links = state.links
    if state.left or state.right:
        links += _left_over(state, sizes)
    if state.sure <= 1:
        links += _HARDLY_AGREES if state.sure else _NOTHING_AGREES
    if left.kind == "person":
        _beside_person(left, right, links)
        if min(sizes) == 1:
            links.append(_SINGLE_WORD)
        if state.places and not state.uncommon:
            links.append(COMMON_NAME)
        if len(state.places) > 1 and not _in_order(state.places):
            links.append(_REORDERED)
    else:
        _beside_organisation(left, right, state, links)
    return links


def _equal(state: _Aligned) -> None:
    at = {each.text: position for position, each in state.right.items()}
    for position, each in list(state.left.items()):
        other = at.get(each.text)
        if other is not None and other in state.right:
            state.add("same initial" if each.initial and each.kind == "person" else "equal", (position,), (other,))


def _related(state: _Aligned) -> None:
    """Link the words that relate, strongest first; of equals, those at the same place."""
    found = []
    for i, mine in state.left.items():
        for j, yours in state.right.items():
            how = relation(mine, yours)
            if how is not None:
                found.append((STRENGTH[how], abs(i - j), i, j, how))
    for _, _, i, j, how in sorted(found):
        if i in state.left and j in state.right:
            state.add(how, (i,), (j,))


def _joined(state: _Aligned) -> None:
    """Link one word with two or three neighbours that it is written from: Ramkumar, Xiaoming, Abdulrahman."""
    for one, many, turned in ((state.left, state.right, False), (state.right, state.left, True)):
        for i, whole in list(one.items()):
            positions = _run(whole, many)
            if positions:
                state.add("joined", positions if turned else (i,), (i,) if turned else positions)


def _run(whole: Word, many: dict[int, Word]) -> tuple[int, ...]:
    """Return the neighbours that together are nearer to a word than any one of them is; empty if none are."""
    best: tuple[int, int, tuple[int, ...]] = (len(STRENGTH), 0, ())
    for each in many.values():
        how = relation(whole, each)
        if how in _JOINS:
            best = min(best, (STRENGTH[how], OSA.distance(each.text, whole.text), ()))
    for start, first in many.items():
        if first.script == whole.script and first.text[0] != whole.text[0]:
            continue
        for size in (2, 3):
            positions = tuple(range(start, start + size))
            if not all(position in many for position in positions):
                break
            parts = [many[position] for position in positions]
            text = "".join(part.text for part in parts)
            if abs(len(text) - len(whole.text)) > 3 and not (whole.vowelless or parts[0].vowelless):
                continue
            how = relation(whole, word(text, whole.kind, parts[0].script))
            if how in _JOINS:
                best = min(best, (STRENGTH[how], OSA.distance(text, whole.text), positions))
    return best[2]


def _glued_initials(state: _Aligned) -> None:
    """Link `rk` with Rajesh Kumar: letters that open two or more neighbours left on the other side."""
    for one, many, turned in ((state.left, state.right, False), (state.right, state.left, True)):
        for i, whole in list(one.items()):
            size = len(whole.text)
            if not 2 <= size <= 4:
                continue
            for start in list(many):
                run = tuple(range(start, start + size))
                if all(j in many and many[j].text[0] == letter for j, letter in zip(run, whole.text, strict=True)):
                    state.add("initials", run if turned else (i,), (i,) if turned else run)
                    break


def _left_over(state: _Aligned, sizes: tuple[int, int]) -> list[Link]:
    """Pair words that both names have to spare: they contradict each other; the rest one name merely lacks."""
    links = []
    mine, yours = sorted(state.left), sorted(state.right)
    for i, j in zip(mine, yours, strict=False):
        left, right = state.left[i], state.right[j]
        of_person = left.rank in _PERSON_RANKS
        kind = "initial" if left.initial or right.initial else "word" if of_person else _graver(left.rank, right.rank)
        at_end = i == sizes[0] - 1 or j == sizes[1] - 1
        place = "first" if 0 in (i, j) else "last" if at_end else "inner"
        where = f"{kind} {place}" if of_person else kind
        links.append(Link(f"contradicted:{where}", left.text, right.text))
    spare = [(state.left[i], i, sizes[0], True) for i in mine[len(yours) :]]
    spare += [(state.right[j], j, sizes[1], False) for j in yours[len(mine) :]]
    for each, position, size, is_left in spare:
        of_person = each.rank in _PERSON_RANKS
        kind = "initial" if each.initial else "syllable" if each.syllabic else "word" if of_person else each.rank
        edge = "" if not of_person else " inner" if 0 < position < size - 1 else " outer"
        links.append(Link(f"missing:{kind}{edge}", *((each.text, "") if is_left else ("", each.text))))
    return links


def _graver(left: str, right: str) -> str:
    """Return which of two ranks says more in a contradiction."""
    for rank in ("number", "own", "rare", "place"):
        if rank in (left, right):
            return rank
    return left


def _in_order(places: list[tuple[int, int]]) -> bool:
    ordered = sorted(places)
    return all(before[1] < after[1] for before, after in pairwise(ordered))


def _beside_person(left: CompiledName, right: CompiledName, links: list[Link]) -> None:
    if left.gender and right.gender and left.gender != right.gender:
        links.append(Link("other gender", left.gender, right.gender))
    if left.generation != right.generation:
        both = left.generation and right.generation
        links.append(Link("other generation" if both else "generation missing", left.generation, right.generation))
    if left.relative and right.relative:
        how = relation(left.relative, right.relative)
        links.append(Link("same relative" if how else "other relative", left.relative.text, right.relative.text))


def _beside_organisation(left: CompiledName, right: CompiledName, state: _Aligned, links: list[Link]) -> None:
    for short, long in ((left, right), (right, left)):
        if "".join(each.text for each in short.words[:4]) in long.acronyms:
            links[:] = [Link("acronym", left.text, right.text)]
    if left.legal and right.legal:
        mine, yours = left.legal - {"pvt"}, right.legal - {"pvt"}
        kind = "same" if left.legal == right.legal else "akin" if mine == yours else "other"
    else:
        kind = "none" if not (left.legal or right.legal) else "missing"
    links.append(Link(f"legal form {kind}", " ".join(sorted(left.legal)), " ".join(sorted(right.legal))))
    if not any(link.type.endswith(":own") or link.type == "acronym" for link in links):
        links.append(Link("nothing distinctive"))
