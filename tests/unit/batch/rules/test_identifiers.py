from __future__ import annotations

import pytest

from batch.rules.identifiers import is_identifier


@pytest.mark.parametrize(
    ("id_type", "identifier"),
    [
        ("ISIN", "US0378331005"),
        ("FIGI", "BBG000BLNQ16"),
        ("CUSIP", "037833100"),
        ("SEDOL", "0263494"),
        ("CASH", "EUR"),
        ("INT", "PRIVATE-FUND-7"),
    ],
)
def test_what_its_standard_would_write(id_type: str, identifier: str) -> None:
    assert is_identifier(id_type, identifier)


@pytest.mark.parametrize(
    ("id_type", "identifier"),
    [
        ("ISIN", "US0378331006"),  # check digit
        ("ISIN", "ZZ0378331005"),  # no such country
        ("ISIN", "us0378331005"),  # would not join with prices of US0378331005
        ("ISIN", "US03783310"),
        ("FIGI", "BBG000BLNQ15"),
        ("CUSIP", "037833101"),
        ("SEDOL", "0263495"),
        ("CASH", "GBX"),
        ("CASH", "EURO"),
    ],
)
def test_what_it_would_not(id_type: str, identifier: str) -> None:
    assert not is_identifier(id_type, identifier)
