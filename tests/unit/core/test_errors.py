import pickle

import pytest

from core import errors
from core.errors import TiplineError


def _tree(kind: type[TiplineError]) -> list[type[TiplineError]]:
    """Return the errors of core; other parts derive their own from them."""
    children = [child for child in kind.__subclasses__() if child.__module__ == errors.__name__]
    return [kind, *(found for child in children for found in _tree(child))]


@pytest.mark.parametrize("kind", _tree(TiplineError))
def test_every_error_crosses_a_process_border_whole(kind: type[TiplineError]) -> None:
    copy = pickle.loads(pickle.dumps(kind("why", code="special", retry_after_s=2.0)))  # noqa: S301
    assert (type(copy), copy.message, copy.code, copy.retry_after_s) == (kind, "why", "special", 2.0)


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = errors.__doc__ or ""
    for kind in _tree(TiplineError)[1:]:
        line = next(line for line in drawn.splitlines() if f" {kind.__name__} " in line)
        assert str(kind.status) in line
        assert ("retryable" in line) == kind.retryable
