"""What callers ask of Glue, in AWS's field names. Fields that mean nothing on one machine are kept and given back."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

NameString = Annotated[str, Field(min_length=1, max_length=255)]
GenericMap = dict[str, str]
Minutes = Annotated[int, Field(ge=1)]
FinalState = Literal["SUCCEEDED", "STOPPED", "FAILED", "TIMEOUT"]

DEFAULT_TIMEOUT_MINUTES = 480


class Request(BaseModel):
    """Base of all requests: what is not named here is kept as it came."""

    model_config = ConfigDict(frozen=True, extra="allow")

    NOT_STORED: ClassVar[frozenset[str]] = frozenset()

    def stored(self) -> dict[str, Any]:
        """Return what the caller wrote, without what is kept elsewhere; defaults are left out."""
        return self.model_dump(exclude_unset=True, exclude=set(self.NOT_STORED))


class JobCommand(Request):
    """The script: a path, or an object as `s3://bucket/key`; `glueetl` runs it with Spark, `pythonshell` without."""

    Name: Literal["glueetl", "pythonshell"]
    ScriptLocation: Annotated[str, Field(min_length=1)]
    PythonVersion: Literal["3", "3.9"] = "3"


class Concurrency(Request):
    """How many runs of the job there may be at once."""

    MaxConcurrentRuns: Annotated[int, Field(ge=1)] = 1


class JobDefinition(Request):
    """What a job is, its name apart."""

    Role: NameString
    Command: JobCommand
    DefaultArguments: GenericMap = {}
    MaxRetries: Annotated[int, Field(ge=0, le=10)] = 0
    Timeout: Minutes = DEFAULT_TIMEOUT_MINUTES
    ExecutionProperty: Concurrency = Concurrency()


class CreateJob(JobDefinition):
    """CreateJob."""

    NOT_STORED = frozenset({"Name"})

    Name: NameString


class UpdateJob(Request):
    """UpdateJob: the new definition takes the place of the old one as a whole."""

    JobName: NameString
    JobUpdate: JobDefinition


class OneJob(Request):
    """GetJob and DeleteJob."""

    JobName: NameString


class GetJobs(Request):
    """GetJobs."""

    NextToken: str | None = None
    MaxResults: Annotated[int, Field(ge=1, le=1000)] = 100


class StartJobRun(Request):
    """StartJobRun; `JobRunId` names an earlier run to try again."""

    JobName: NameString
    JobRunId: NameString | None = None
    Arguments: GenericMap = {}
    Timeout: Minutes | None = None


class GetJobRun(Request):
    """GetJobRun."""

    JobName: NameString
    RunId: NameString


class GetJobRuns(Request):
    """GetJobRuns."""

    JobName: NameString
    NextToken: str | None = None
    MaxResults: Annotated[int, Field(ge=1, le=200)] = 200


class BatchStopJobRun(Request):
    """BatchStopJobRun."""

    JobName: NameString
    JobRunIds: Annotated[list[NameString], Field(min_length=1, max_length=25)]


class Action(Request):
    """A job that a trigger starts."""

    JobName: NameString
    Arguments: GenericMap = {}
    Timeout: Minutes | None = None


class Condition(Request):
    """A job whose run has to end so."""

    LogicalOperator: Literal["EQUALS"] = "EQUALS"
    JobName: NameString
    State: FinalState


class FiringRule(Request):
    """Which conditions make a conditional trigger fire: all of them, or any."""

    Logical: Literal["AND", "ANY"] = "AND"
    Conditions: Annotated[list[Condition], Field(min_length=1, max_length=500)]


class EventBatching(Request):
    """How many events, or how many seconds after the first one, make an event trigger fire."""

    BatchSize: Annotated[int, Field(ge=1, le=100)]
    BatchWindow: Annotated[int, Field(ge=1, le=900)] = 900


class TriggerDefinition(Request):
    """What a trigger is, its state apart."""

    Name: NameString
    Type: Literal["SCHEDULED", "CONDITIONAL", "ON_DEMAND", "EVENT"]
    Actions: Annotated[list[Action], Field(min_length=1)]
    Schedule: str | None = None
    Predicate: FiringRule | None = None
    EventBatchingCondition: EventBatching | None = None

    @model_validator(mode="after")
    def _has_what_its_type_needs(self) -> TriggerDefinition:
        if self.Type == "SCHEDULED" and self.Schedule is None:
            raise ValueError("a SCHEDULED trigger needs a Schedule")
        if self.Type == "CONDITIONAL" and self.Predicate is None:
            raise ValueError("a CONDITIONAL trigger needs a Predicate")
        return self


class CreateTrigger(TriggerDefinition):
    """CreateTrigger."""

    NOT_STORED = frozenset({"StartOnCreation"})

    StartOnCreation: bool = False


class OneTrigger(Request):
    """GetTrigger, StartTrigger, StopTrigger and DeleteTrigger."""

    Name: NameString


class GetTriggers(Request):
    """GetTriggers; `DependentJobName` asks for those that start this job."""

    NextToken: str | None = None
    DependentJobName: NameString | None = None
    MaxResults: Annotated[int, Field(ge=1, le=200)] = 200
