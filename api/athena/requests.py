"""What callers ask of Athena, in AWS's field names; what means nothing on one machine is passed over."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Token = Annotated[str, Field(min_length=32, max_length=128)]


class Request(BaseModel):
    """Base of all requests."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Context(Request):
    """Where names without a database are looked up."""

    Database: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    Catalog: str | None = None


class Output(Request):
    """Where the result goes."""

    OutputLocation: Annotated[str, Field(max_length=1024)] | None = None


class StartQueryExecution(Request):
    """StartQueryExecution."""

    QueryString: Annotated[str, Field(min_length=1, max_length=262_144)]
    ClientRequestToken: Token | None = None
    QueryExecutionContext: Context = Context()
    ResultConfiguration: Output = Output()
    WorkGroup: Annotated[str, Field(pattern=r"^[a-zA-Z0-9._-]{1,128}$")] = "primary"


class OneQuery(Request):
    """GetQueryExecution and StopQueryExecution."""

    QueryExecutionId: UUID


class GetQueryResults(OneQuery):
    """GetQueryResults."""

    MaxResults: Annotated[int, Field(ge=1, le=1000)] = 1000
    NextToken: str | None = None


class ListQueryExecutions(Request):
    """ListQueryExecutions."""

    MaxResults: Annotated[int, Field(ge=1, le=50)] = 50
    NextToken: str | None = None
