"""Name evidence: whether two names, in any script, name the same person or organisation, how surely, and why.

`score_names(left, right, kind)` takes text or `CompiledName`; compile the registry's side once with `compile_name`.
"""

from models.pairs.compiled import CompiledName, compile_name, guess_kind
from models.pairs.score import Evidence, NameScore, score_names
from models.pairs.words import Kind

__all__ = ["CompiledName", "Evidence", "Kind", "NameScore", "compile_name", "guess_kind", "score_names"]
