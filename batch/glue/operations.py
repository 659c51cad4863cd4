"""The operations of AWS Glue that we stand for, each from the request's JSON to the reply's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batch.glue import jobs, runs, triggers
from batch.glue import requests as ask
from batch.glue.app import Operation
from batch.glue.runner import Runner
from batch.glue.wire import error_code
from clients.postgres import Pool, transaction_of
from core.errors import BadInput, Conflict, TiplineError
from core.page_tokens import next_token, offset_of

Json = dict[str, Any]


class Glue:
    """Glue over PostgreSQL; what begins is handed to the runner once it is stored."""

    def __init__(self, pool: Pool, runner: Runner) -> None:
        self._pool, self._runner = pool, runner

    def operations(self) -> Mapping[str, Operation]:
        """Return the operations by AWS's names."""
        return {
            "CreateJob": self.create_job,
            "UpdateJob": self.update_job,
            "GetJob": self.get_job,
            "GetJobs": self.get_jobs,
            "DeleteJob": self.delete_job,
            "StartJobRun": self.start_job_run,
            "GetJobRun": self.get_job_run,
            "GetJobRuns": self.get_job_runs,
            "BatchStopJobRun": self.batch_stop_job_run,
            "CreateTrigger": self.create_trigger,
            "GetTrigger": self.get_trigger,
            "GetTriggers": self.get_triggers,
            "StartTrigger": self.start_trigger,
            "StopTrigger": self.stop_trigger,
            "DeleteTrigger": self.delete_trigger,
        }

    def create_job(self, payload: Json) -> Json:
        """Add a job."""
        request = ask.CreateJob.model_validate(payload)
        with transaction_of(self._pool) as session:
            jobs.create(session, request.Name, request)
        return {"Name": request.Name}

    def update_job(self, payload: Json) -> Json:
        """Replace a job's definition; runs under way keep theirs."""
        request = ask.UpdateJob.model_validate(payload)
        with transaction_of(self._pool) as session:
            jobs.update(session, request.JobName, request.JobUpdate)
        return {"JobName": request.JobName}

    def get_job(self, payload: Json) -> Json:
        """Return a job."""
        request = ask.OneJob.model_validate(payload)
        with transaction_of(self._pool) as session:
            return {"Job": jobs.get(session, request.JobName).described()}

    def get_jobs(self, payload: Json) -> Json:
        """Return jobs, a page at a time."""
        request = ask.GetJobs.model_validate(payload)
        offset = offset_of(request.NextToken)
        with transaction_of(self._pool) as session:
            found = jobs.page(session, offset, request.MaxResults + 1)
        return _page("Jobs", [job.described() for job in found], offset, request.MaxResults)

    def delete_job(self, payload: Json) -> Json:
        """Remove a job; runs under way go on."""
        request = ask.OneJob.model_validate(payload)
        with transaction_of(self._pool) as session:
            jobs.delete(session, request.JobName)
        return {"JobName": request.JobName}

    def start_job_run(self, payload: Json) -> Json:
        """Start a run, or, where `JobRunId` is given, the one run that retries that run."""
        request = ask.StartJobRun.model_validate(payload)
        with transaction_of(self._pool) as session:
            if request.JobRunId is None:
                run, new = (
                    runs.begin(session, request.JobName, request.Arguments, timeout_minutes=request.Timeout),
                    True,
                )
            else:
                run, new = runs.begin_again(session, request.JobName, request.JobRunId)
        if new:
            self._runner.start(run)
        return {"JobRunId": run.run_id}

    def get_job_run(self, payload: Json) -> Json:
        """Return a run."""
        request = ask.GetJobRun.model_validate(payload)
        with transaction_of(self._pool) as session:
            return {"JobRun": runs.get(session, request.JobName, request.RunId).described()}

    def get_job_runs(self, payload: Json) -> Json:
        """Return a job's runs, the latest first, a page at a time."""
        request = ask.GetJobRuns.model_validate(payload)
        offset = offset_of(request.NextToken)
        with transaction_of(self._pool) as session:
            jobs.get(session, request.JobName)
            found = runs.page(session, request.JobName, offset, request.MaxResults + 1)
        return _page("JobRuns", [run.described() for run in found], offset, request.MaxResults)

    def batch_stop_job_run(self, payload: Json) -> Json:
        """Stop runs; each that cannot be stopped is told with its error."""
        request = ask.BatchStopJobRun.model_validate(payload)
        done: list[Json] = []
        errors: list[Json] = []
        for run_id in request.JobRunIds:
            which = {"JobName": request.JobName, "JobRunId": run_id}
            try:
                self._stop(request.JobName, run_id)
                done.append(which)
            except TiplineError as error:
                detail = {"ErrorCode": error_code(error), "ErrorMessage": error.message}
                errors.append({**which, "ErrorDetail": detail})
        return {"SuccessfulSubmissions": done, "Errors": errors}

    def create_trigger(self, payload: Json) -> Json:
        """Add a trigger."""
        request = ask.CreateTrigger.model_validate(payload)
        with transaction_of(self._pool) as session:
            triggers.create(session, request, activate=request.StartOnCreation)
        return {"Name": request.Name}

    def get_trigger(self, payload: Json) -> Json:
        """Return a trigger."""
        request = ask.OneTrigger.model_validate(payload)
        with transaction_of(self._pool) as session:
            return {"Trigger": triggers.get(session, request.Name).described()}

    def get_triggers(self, payload: Json) -> Json:
        """Return triggers, a page at a time."""
        request = ask.GetTriggers.model_validate(payload)
        offset = offset_of(request.NextToken)
        with transaction_of(self._pool) as session:
            found = triggers.page(session, offset, request.MaxResults + 1, starts=request.DependentJobName)
        return _page("Triggers", [trigger.described() for trigger in found], offset, request.MaxResults)

    def start_trigger(self, payload: Json) -> Json:
        """Fire an ON_DEMAND trigger now; let any other fire from now on."""
        request = ask.OneTrigger.model_validate(payload)
        with transaction_of(self._pool) as session:
            trigger = triggers.get(session, request.Name, lock=True)
            if trigger.definition.Type == "ON_DEMAND":
                begun = triggers.fire(session, trigger)
            else:
                begun = []
                triggers.set_state(session, request.Name, "ACTIVATED")
        for run in begun:
            self._runner.start(run)
        return {"Name": request.Name}

    def stop_trigger(self, payload: Json) -> Json:
        """Let a trigger fire no more."""
        request = ask.OneTrigger.model_validate(payload)
        with transaction_of(self._pool) as session:
            if triggers.get(session, request.Name).definition.Type == "ON_DEMAND":
                raise BadInput("an ON_DEMAND trigger is never active")
            triggers.set_state(session, request.Name, "DEACTIVATED")
        return {"Name": request.Name}

    def delete_trigger(self, payload: Json) -> Json:
        """Remove a trigger."""
        request = ask.OneTrigger.model_validate(payload)
        with transaction_of(self._pool) as session:
            triggers.delete(session, request.Name)
        return {"Name": request.Name}

    def _stop(self, job_name: str, run_id: str) -> None:
        with transaction_of(self._pool) as session:
            run = runs.get(session, job_name, run_id)
            if not runs.mark(session, run_id, "STOPPING"):
                raise Conflict(f"job run {run_id} is {run.state}", code="InvalidInputException")
        self._runner.kill(run_id)


def _page(name: str, found: list[Json], offset: int, limit: int) -> Json:
    """Return a page of a list that was asked for one entry more than it shows."""
    page: Json = {name: found[:limit]}
    if len(found) > limit:
        page["NextToken"] = next_token(offset + limit)
    return page
