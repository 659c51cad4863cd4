"""What is sealed opens with its own key in its own place, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput, ConfigurationError
from core.sealing import DataKey, LocalMasterKeys, client_token, new_key

KEY = DataKey("t1", new_key())


@given(st.binary(max_size=2000))
def test_what_was_sealed_opens(plain: bytes) -> None:
    assert KEY.open("silver.alerts", "record", KEY.seal("silver.alerts", "record", plain)) == plain


def test_a_seal_tells_nothing_and_is_never_the_same() -> None:
    first, second = (KEY.seal("t", "c", b"Amit Saxena") for _ in range(2))
    assert first != second
    assert b"Saxena" not in first + second


@pytest.mark.parametrize(
    ("key", "table", "column"),
    [
        (DataKey("t1", new_key()), "silver.alerts", "record"),
        (DataKey("t2", KEY.secret), "silver.alerts", "record"),
        (KEY, "silver.decisions", "record"),
        (KEY, "silver.alerts", "other"),
    ],
)
def test_another_key_client_table_or_column_opens_nothing(key: DataKey, table: str, column: str) -> None:
    with pytest.raises(BadInput) as refused:
        key.open(table, column, KEY.seal("silver.alerts", "record", b"secret"))
    assert refused.value.code == "seal_broken"


@given(st.integers(min_value=0, max_value=34), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_is_noticed(position: int, change: int) -> None:
    sealed = bytearray(KEY.seal("t", "c", b"secret"))
    sealed[position] ^= change
    with pytest.raises(BadInput):
        KEY.open("t", "c", bytes(sealed))


@pytest.mark.parametrize("length", [0, 1, 12, 13, 20])
def test_a_cut_seal_is_noticed(length: int) -> None:
    with pytest.raises(BadInput):
        KEY.open("t", "c", KEY.seal("t", "c", b"secret")[:length])


def test_a_token_is_the_clients_for_good_and_needs_the_key() -> None:
    assert client_token("C-1", b"k") == client_token("C-1", b"k")
    assert len({client_token("C-1", b"k"), client_token("C-2", b"k"), client_token("C-1", b"other")}) == 3


def test_a_key_is_never_shown() -> None:
    assert KEY.secret.hex() not in repr(KEY)
    assert repr(KEY.secret) not in repr(KEY)


def test_a_rotated_master_key_still_opens_what_it_wrapped() -> None:
    old, new = new_key(), new_key()
    before = LocalMasterKeys([old])
    wrapped = before.wrap(KEY.secret, "t1")
    rotated = LocalMasterKeys.from_text(f"{new.hex()},{old.hex()}")
    assert rotated.current != before.current
    assert rotated.unwrap(wrapped, "t1", before.current) == KEY.secret
    with pytest.raises(BadInput):
        rotated.unwrap(wrapped, "t2", before.current)
    with pytest.raises(ConfigurationError, match=before.current):
        LocalMasterKeys([new]).unwrap(wrapped, "t1", before.current)


@pytest.mark.parametrize("text", ["", "xyz", "00ff", f"{'0' * 64},", f"{'0' * 62}"])
def test_what_are_no_master_keys_is_refused_with_the_fix(text: str) -> None:
    with pytest.raises(ConfigurationError, match="TIPLINE_SEALING_MASTER_KEYS"):
        LocalMasterKeys.from_text(text)
