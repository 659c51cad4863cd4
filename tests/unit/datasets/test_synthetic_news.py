"""The made-up news: the same for the same seed, and nothing of the fitting split in the held-out one."""

from __future__ import annotations

from collections import Counter

import pytest

from datasets.synthetic_names import Split, native_names
from datasets.synthetic_news import LabelledSet, labelled_set


def made(split: Split, seed: int = 3) -> LabelledSet:
    return labelled_set(split, clients=60, articles=390, seed=seed)


def test_the_seed_decides_everything() -> None:
    assert made("fit") == made("fit")
    assert made("fit").articles != made("fit", seed=4).articles


def test_the_splits_share_no_name_and_no_sentence() -> None:
    fit, held_out = made("fit"), made("held-out")
    assert not set(names_of(fit)) & set(names_of(held_out))
    assert not {each.body for each in fit.articles} & {each.body for each in held_out.articles}
    assert not set(native_names("fit")) & set(native_names("held-out"))


def names_of(made: LabelledSet) -> list[str]:
    return [entry.names[0].name for entry in made.entries]


@pytest.mark.parametrize("split", ["fit", "held-out"])
def test_a_set_holds_every_kind_and_its_namesakes(split: Split) -> None:
    labelled = made(split)
    kinds = Counter(article.kind for article in labelled.articles)
    assert set(kinds) == {
        "about", "passing", "bare", "city", "namesake", "twins", "twins-bare", "company", "native", "nobody",
    }  # fmt: skip
    full_names = Counter(entry.names[0].name for entry in labelled.entries)
    assert max(full_names.values()) == 2
    assert all(article.meant is None for article in labelled.articles if article.kind in ("namesake", "nobody"))


def test_what_an_article_says_of_the_client_is_in_its_facts() -> None:
    labelled = made("held-out")
    facts = {entry.client_id: entry.facts for entry in labelled.entries}
    told = [article for article in labelled.articles if article.kind == "about" and article.meant]
    assert told
    for article in told:
        [company] = facts[article.meant or ""].employer
        assert company.rsplit(" ", 1)[0] in f"{article.headline} {article.body}"
