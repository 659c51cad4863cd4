"""Every operation of the OpenAPI document with a request that its schema allows, about things that we choose."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from api.contract import openapi
from core.clock import rfc3339, utc_now

METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True)
class Operation:
    """One operation with its parameters and the schema of its body."""

    method: str
    path: str
    name: str
    parameters: tuple[dict[str, Any], ...]
    body: dict[str, Any] | None

    @property
    def path_names(self) -> set[str]:
        return {one["name"] for one in self.parameters if one["in"] == "path"}

    @property
    def reads(self) -> bool:
        return self.method == "GET"


class Walk:
    """The document, and requests made of it; `known` gives values by the names of parameters and fields."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = json.loads(openapi())

    def operations(self) -> Iterator[Operation]:
        for path, methods in self.document["paths"].items():
            for method in (one for one in METHODS if one in methods):
                found = methods[method]
                content = found.get("requestBody", {}).get("content", {})
                yield Operation(
                    method=method.upper(),
                    path=path,
                    name=found["operationId"],
                    parameters=tuple(found.get("parameters", ())),
                    body=content["application/json"]["schema"] if content else None,
                )

    def request(self, client: httpx.Client, operation: Operation, known: Mapping[str, str]) -> httpx.Request:
        """Return a request with everything that is required, and whatever `known` has a value for."""
        values: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
        for one in operation.parameters:
            if one["required"] or one["name"] in known:
                values[one["in"]][one["name"]] = known.get(one["name"]) or self.sample(
                    one["schema"], known, one["name"]
                )
        path = operation.path.format(**values["path"])
        body = self.sample(operation.body, known, "") if operation.body is not None else None
        return client.build_request(operation.method, path, params=values["query"], headers=values["header"], json=body)

    def sample(self, schema: dict[str, Any], known: Mapping[str, str], name: str) -> Any:
        """Return a value that the schema allows."""
        if "$ref" in schema:
            return self.sample(self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], known, name)
        if name in known:
            return known[name]
        for choice in ("anyOf", "oneOf", "allOf"):
            if choice in schema:
                return self.sample(schema[choice][0], known, name)
        if "enum" in schema or "const" in schema:
            return schema.get("const", (schema.get("enum") or [None])[0])
        if schema.get("type") == "object":
            wanted = {*schema.get("required", ()), *(known.keys() & schema.get("properties", {}).keys())}
            return {one: self.sample(schema["properties"][one], known, one) for one in sorted(wanted)}
        return _scalar(schema)


def _scalar(schema: dict[str, Any]) -> Any:
    kind = schema.get("type")
    if kind == "string":
        if schema.get("format") == "date-time":
            return rfc3339(utc_now() + timedelta(days=1))
        if schema.get("format") == "date":
            return str(utc_now().date())
        return str(uuid.uuid4()) if schema.get("format") == "uuid" else "x" * max(schema.get("minLength", 1), 1)
    samples = {"boolean": True, "array": [], "integer": schema.get("minimum", 1), "number": schema.get("minimum", 1)}
    return samples.get(str(kind))
