"""The book as it comes: one record a client, as the registry file and the database describe it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator

NameType = Literal["legal", "alias", "former", "nickname", "acronym"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RegistryName(_Record):
    """One name of a client."""

    name: str
    type: NameType = "alias"


class Facts(_Record):
    """What the bank knows of a client; `birth_date` is ISO 8601, whole or just the year.

    `context` is what stood beside the client's name in articles that a relationship manager confirmed.
    """

    employer: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    party: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    birth_date: str | None = None
    gender: str | None = None
    description: str | None = None

    @field_validator("birth_date", "gender", "description", mode="before")
    @classmethod
    def _first_of_list(cls, value: Any) -> Any:
        # Fact tables hold one row a value, so a single value may come as a list.
        return (value[0] if value else None) if isinstance(value, list | tuple) else value


class Related(_Record):
    """A person or company the client is connected to, by client id when it is a client too, else by name."""

    client_id: str | None = None
    name: str | None = None
    relation: str


class Block(_Record):
    """A name that an RM ruled out for this client: everywhere, or only in texts that hold `context`."""

    name: str
    context: str | None = None


class RegistryEntry(_Record):
    """One client as the registry file and the database describe it."""

    client_id: str
    kind: Literal["person", "organisation"]
    names: tuple[RegistryName, ...]
    facts: Facts = Facts()
    related: tuple[Related, ...] = ()
    blocks: tuple[Block, ...] = ()
