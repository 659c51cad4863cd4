"""`python -m datasets.name_pairs`: make the training pairs from the seed, fit, and write the artefact."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from random import Random
from typing import Any

from datasets.name_pairs.companies import company_pair
from datasets.name_pairs.fit import fit
from datasets.name_pairs.person_pairs import person_pair
from datasets.name_pairs.sources import SOURCE, read_names
from models.pairs.score import ARTEFACT

VERSION = "names-1"
SEED, PERSON_PAIRS, COMPANY_PAIRS = 6, 18_000, 6_000


def build(person_pairs: int = PERSON_PAIRS, company_pairs: int = COMPANY_PAIRS) -> dict[str, Any]:
    """Return the artefact; the same code and seed always give the same."""
    names, rng = read_names(), Random(SEED)  # noqa: S311 (a seed, not a secret)
    people = [person_pair(rng, names) for _ in range(person_pairs)]
    companies = [company_pair(rng, names) for _ in range(company_pairs)]
    return {
        "version": VERSION,
        "seed": SEED,
        "pairs": {"person": len(people), "organisation": len(companies)},
        "sources": {SOURCE.name: hashlib.sha256(SOURCE.read_bytes()).hexdigest()},
        "kinds": {"person": asdict(fit(people, "person")), "organisation": asdict(fit(companies, "organisation"))},
    }


def checksum(artefact: dict[str, Any]) -> str:
    """Return the SHA-256 of the artefact without its checksum, keys sorted."""
    rest = {key: value for key, value in artefact.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def main() -> None:
    """Write the artefact."""
    artefact = build()
    artefact["sha256"] = checksum(artefact)
    ARTEFACT.write_text(json.dumps(artefact, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{ARTEFACT.name} {artefact['version']} {artefact['sha256'][:12]}")


if __name__ == "__main__":
    main()
