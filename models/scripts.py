"""Names of any script in Latin letters: tables with schwa deletion for the Indic scripts, digraphs where they matter.

What the tables leave goes through anyascii, letter by letter. The Indic blocks of Unicode share one layout, so one
table, counted from the start of the block, serves them all.
"""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

_BLOCK_CHARS = 0x80
_INDIC_BLOCKS = (0x900, 0x980, 0xA00, 0xA80, 0xB00, 0xB80, 0xC00, 0xC80, 0xD00)
# Scripts whose readers drop the unwritten vowel of the last consonant: Devanagari, Bengali, Gurmukhi, Gujarati.
_SILENT_FINAL = frozenset((0x900, 0x980, 0xA00, 0xA80))
_BENGALI, _TAMIL = 0x980, 0xB80


def _letters(first: int, latin: str) -> dict[int, str]:
    return dict(enumerate(latin.split(), start=first))


_VOWELS = _letters(0x05, "a a i i u u ri l e e e ai o o o au")
_CONSONANTS = _letters(
    0x15, "k kh g gh n ch chh j jh n t th d dh n t th d dh n n p ph b bh m y r r l l zh v sh sh s h"
) | {0x58: "q", 0x59: "kh", 0x5A: "g", 0x5B: "z", 0x5C: "r", 0x5D: "rh", 0x5E: "f", 0x5F: "y", 0x4E: "t"}
_SIGNS = _letters(0x3E, "a i i u u ri ri e e e ai o o o au")
_NASALS, _VIRAMA, _NUKTA, _TIPPI = (0x01, 0x02), 0x4D, 0x3C, 0x70
_NUKTA_FORMS = {"j": "z", "ph": "f", "s": "sh", "d": "r", "dh": "rh"}
_CHILLU = _letters(0x7A, "n n r l l k")

_GREEK = (("μπ", "b"), ("ντ", "nt"), ("γγ", "ng"), ("γκ", "gk"), ("ου", "u"), ("αυ", "av"), ("ευ", "ev"), ("χ", "ch"))
# Vav and yod, waw and ya stand for vowels more often than for v, w and y; ayin and alef for none.
_SEMITIC = str.maketrans({"ו": "o", "י": "i", "ב": "b", "פ": "p", "ך": "k", "כ": "k", "ח": "h", "ע": "", "א": "",
                          "و": "u", "ؤ": "u", "ي": "i", "ی": "i", "ى": "a", "ة": "a", "ع": "", "ء": "", "ئ": "i",
                          "ا": "a", "أ": "a", "إ": "i", "آ": "a"})  # fmt: skip
_KANA_SMALL = (("shiy", "sh"), ("chiy", "ch"), ("jiy", "j"), ("shie", "she"), ("chie", "che"))
_SCRIPTS = (
    (0x0370, 0x03FF, "greek"), (0x0400, 0x052F, "cyrillic"), (0x0590, 0x05FF, "hebrew"), (0x0600, 0x077F, "arabic"),
    (0x0900, 0x0D7F, "indic"), (0x1100, 0x11FF, "hangul"), (0x3040, 0x30FF, "kana"), (0x3400, 0x9FFF, "han"),
    (0xAC00, 0xD7AF, "hangul"),
)  # fmt: skip


def script_of(word: str) -> str:
    """Return the script of a word's first letter that is not Latin: `han`, `indic`, ..., `other`; `latin` if none."""
    for character in word:
        code = ord(character)
        if code < 0x250 or unicodedata.category(character)[0] != "L":
            continue
        return next((name for first, last, name in _SCRIPTS if first <= code <= last), "other")
    return "latin"


def latin_words(word: str) -> list[str]:
    """Return a folded word in lower-case Latin letters and digits; Han and hangul give one word a syllable."""
    script = script_of(word)
    if script == "latin":
        return [word] if word.isascii() else [_plain(anyascii(word))]
    if script == "indic":
        return [_plain(anyascii(_indic(word)))]
    if script in ("han", "hangul"):
        return [_plain(part) for part in re.findall("[A-Z][a-z']*|[a-z0-9]+", anyascii(word))]
    if script == "greek":
        word = "".join(unicodedata.normalize("NFD", letter)[0] for letter in word)
        word = re.sub("^ντ", "d", re.sub("^γκ", "g", word))  # Dmitri
        for letters, latin in _GREEK:
            word = word.replace(letters, latin)
    elif script in ("hebrew", "arabic"):
        word = word[0].replace("ו", "v").replace("و", "w") + word[1:].translate(_SEMITIC)
    elif script == "kana":
        return [_kana(word)]
    return [_plain(anyascii(word))]


def _plain(text: str) -> str:
    return "".join(character for character in text.lower() if character.isascii() and character.isalnum())


def _kana(word: str) -> str:
    """Hepburn: a small y-kana joins the syllable before it, long vowels are written once."""
    latin = anyascii(word).lower()
    for spelled, said in _KANA_SMALL:
        latin = latin.replace(spelled, said)
    latin = re.sub(r"(?<=[kgnhbpmr])iy(?=[auo])", "y", latin)
    return re.sub("oo|ou", "o", re.sub("uu", "u", _plain(latin)))


def _indic(word: str) -> str:
    """Spell a word letter by letter; `ə` is the vowel that a bare consonant carries, resolved at the end."""
    spelled: list[str] = []
    base = 0
    for character in unicodedata.normalize("NFC", word):
        code = ord(character)
        block = code - code % _BLOCK_CHARS
        if block not in _INDIC_BLOCKS:
            spelled.append(character)
            continue
        base = block
        _spell(spelled, code - block)
    said = _said("".join(spelled), silent_final=base in _SILENT_FINAL)
    if base == _BENGALI:
        return re.sub("bh$", "v", said)  # Sourav
    return said.replace("tch", "ksh") if base == _TAMIL else said  # Meenakshi


def _spell(spelled: list[str], offset: int) -> None:
    """Append one Indic letter or sign; signs replace the vowel that the consonant before them carries."""
    if offset in _CONSONANTS:
        spelled += [_CONSONANTS[offset], "ə"]
    elif offset in _VOWELS:
        spelled.append(_VOWELS[offset])
    elif offset in _SIGNS or offset == _VIRAMA:
        if spelled and spelled[-1] == "ə":
            spelled.pop()
        if offset in _SIGNS:
            spelled.append(_SIGNS[offset])
    elif offset == _NUKTA and len(spelled) > 1:
        spelled[-2] = _NUKTA_FORMS.get(spelled[-2], spelled[-2])
    elif offset in _NASALS or offset == _TIPPI:
        spelled.append("ṁ")
    elif offset in _CHILLU:
        spelled.append(_CHILLU[offset])


# One consonant between vowels: its own vowel is silent at the end of a word, and before a sounded syllable.
_CONSONANT = "(?:chh|[bcdgjkpstrz]h|[bcdfghjklmnpqrstvyz])"
_FINAL = re.compile(f"(?<=[aeiouə])(ṁ?{_CONSONANT})ə$")
_MEDIAL = re.compile(f"(?<=[aeiouə])({_CONSONANT})ə(?={_CONSONANT}[aeiou])")


def _said(spelled: str, *, silent_final: bool) -> str:
    spelled = spelled.replace("jnə", "gyə").replace("jna", "gya").replace("jne", "gye")
    if silent_final:
        spelled = _MEDIAL.sub(r"\1", _FINAL.sub(r"\1", spelled))
    spelled = re.sub("ṁ(?=[pbm])", "m", spelled.replace("ə", "a"))
    if silent_final:
        return re.sub("in(?:h|gh)a?$", "ingh", spelled.replace("ṁ", "n"))
    return spelled.replace("ṁh", "mh").replace("ṁ", "n")
