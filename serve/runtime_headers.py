"""The headers of SageMaker's runtime API, checked before anything is done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import BadInput, NotFound
from serve.media import BINARY, TEXTS, ContentType, negotiate
from serve.targets import EMBEDDER, ENRICH, TARGETS

PREFIX = "x-amzn-sagemaker-"
TARGET_HEADER = PREFIX + "target-model"
VARIANT_HEADER = "x-Amzn-Invoked-Production-Variant"
ATTRIBUTES_HEADER = "X-Amzn-SageMaker-Custom-Attributes"
INFERENCE_ID_HEADER = "X-Amzn-SageMaker-Inference-Id"
VARIANT = "AllTraffic"
ATTRIBUTES_LIMIT = 1024

# The API's own limits: longest value, and what it may consist of.
_SHAPES = {
    ATTRIBUTES_HEADER.lower(): (ATTRIBUTES_LIMIT, r"[\x20-\x7e]*"),
    INFERENCE_ID_HEADER.lower(): (64, r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?"),
    TARGET_HEADER: (1024, r"[\x21-\x7e]+"),
    PREFIX + "target-variant": (63, r"[a-zA-Z0-9](-*[a-zA-Z0-9])*"),
}
# Features of other kinds of endpoint: silently ignored, they would change what the caller gets.
_ABSENT = {
    PREFIX + "target-container-hostname": "the endpoint has one container only",
    PREFIX + "inference-component": "the endpoint has no inference components",
    PREFIX + "enable-explanations": "the endpoint has no explainer",
    PREFIX + "session-id": "the endpoint keeps no sessions",
}


@dataclass(frozen=True, slots=True)
class Call:
    """What a call asks for: the target, the forms of both bodies, and what is given back with the reply."""

    target: str
    content_type: ContentType
    reply_type: str
    attributes: str
    inference_id: str

    def reply_headers(self, notes: str = "") -> dict[str, str]:
        """Return the headers of a successful reply; notes follow the caller's own attributes while there is room."""
        attributes = ",".join(one for one in (self.attributes, notes) if one)
        found = {ATTRIBUTES_HEADER: attributes[:ATTRIBUTES_LIMIT], INFERENCE_ID_HEADER: self.inference_id}
        return {VARIANT_HEADER: VARIANT, **{name: value for name, value in found.items() if value}}


def read_call(headers: Mapping[str, str], target: str, content_type: str, accept: str, *, binary: bool = True) -> Call:
    """Check the headers of a call; BadInput names the one that is wrong. `binary` allows vectors as bytes."""
    for name, (limit, pattern) in _SHAPES.items():
        value = headers.get(name)
        if value is not None and (len(value) > limit or not re.fullmatch(pattern, value)):
            raise BadInput(f"{name} must have at most {limit} characters and match {pattern}", code="bad_header")
    for name, reason in _ABSENT.items():
        if name in headers:
            raise BadInput(f"{name}: {reason}", code="bad_header")
    variant = headers.get(PREFIX + "target-variant", VARIANT)
    if variant != VARIANT:
        raise BadInput(f"variant {variant} not found; the endpoint has {VARIANT}", code="unknown_variant")
    request = ContentType.of(content_type)
    offered = (*TEXTS, *BINARY) if binary and target == EMBEDDER else TEXTS
    return Call(
        target=target,
        content_type=request,
        reply_type=negotiate(accept, request, offered),
        attributes=headers.get(ATTRIBUTES_HEADER.lower(), ""),
        inference_id=headers.get(INFERENCE_ID_HEADER.lower(), ""),
    )


def target_of_model(headers: Mapping[str, str], default: str = ENRICH) -> str:
    """Return the target that the header `TargetModel` names, or the default; BadInput when there is no such."""
    target = headers.get(TARGET_HEADER) or default
    if target not in TARGETS:
        raise BadInput(f"target model must be one of {', '.join(TARGETS)}", code="unknown_target")
    return target


def target_of_endpoint(name: str, endpoint_name: str, headers: Mapping[str, str]) -> str:
    """Return the target behind an endpoint's name: the multi-model endpoint, or one of the others by its own name."""
    if name == endpoint_name:
        return target_of_model(headers)
    if name in TARGETS and name != ENRICH:
        return name
    raise NotFound(f"Endpoint {name[:63]} not found", code="unknown_endpoint")
