"""Works off asynchronous invocations, one at a time a front door: input from S3, output or failure to S3."""

from __future__ import annotations

import asyncio
import threading

from clients.s3 import Store
from core.errors import BadInput, DependencyUnavailable, ModelFailure, PayloadTooLarge, TiplineError
from core.logs import get_logger
from core.settings import Settings
from serve.async_job import Job
from serve.async_queue import AsyncQueue, Claimed
from serve.protocol import Answer, read_invocation, write_reply
from serve.response_stream import Invoke
from serve.runtime_errors import error_response, in_time
from serve.runtime_headers import Call, read_call

POLL_S = 0.5
JSON_ERROR = "application/json"
log = get_logger(__name__)


class AsyncWorker:
    """A thread that takes jobs from the queue until it is stopped."""

    def __init__(self, settings: Settings, queue: AsyncQueue, store: Store, invoke: Invoke) -> None:
        self._bucket = settings.async_bucket
        self._limit_bytes = settings.async_body_limit_bytes
        self._queue, self._store, self._invoke = queue, store, invoke
        self._failure = ""
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="async-invocations", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the job under way, or leave it to another front door when it takes long."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        self._queue.close()

    def step(self) -> bool:
        """Work on the job that is due longest and return whether there was one.

        Raises DependencyUnavailable, and leaves the job in the queue, where something is away or the model is busy.
        """
        with self._queue.claimed() as claimed:
            if claimed is None:
                return False
            job = claimed.job
            try:
                call = read_call(job.headers, job.target, job.content_type, job.accept)
                answer = self._answer(claimed, call)
            except DependencyUnavailable:
                raise
            except TiplineError as error:
                self._fail(job, error)
            except Exception:
                # A bug of ours would fail the same way for ever: the caller is told instead.
                log.exception("async_invocation_broke", invocation_id=job.invocation_id)
                self._fail(job, TiplineError("internal failure"))
            else:
                reply = write_reply(answer.documents, call.reply_type)
                notes = {"notes": answer.notes} if answer.notes else {}
                self._store.put(self._bucket, job.output_key, reply, ContentType=call.reply_type, Metadata=notes)
            return True

    def _fail(self, job: Job, error: TiplineError) -> None:
        body = bytes(error_response(error).body)
        self._store.put(self._bucket, job.failure_key, body, ContentType=JSON_ERROR)
        log.warning("async_invocation_failed", invocation_id=job.invocation_id, code=error.code)

    def _answer(self, claimed: Claimed, call: Call) -> Answer:
        job = claimed.job
        if claimed.expired:
            raise ModelFailure(f"the request waited longer than {job.ttl_s} s", code="expired")
        body = claimed.body if job.input_key is None else self._input(job.input_key)
        invocation = read_invocation(body or b"", call.content_type, call.reply_type)
        return asyncio.run(in_time(self._invoke(call.target, invocation), job.timeout_s))

    def _input(self, key: str) -> bytes:
        with self._store.open(self._bucket, key) as stream:
            body = stream.read(self._limit_bytes + 1)
        if len(body) > self._limit_bytes:
            raise PayloadTooLarge(f"the input exceeds the limit of {self._limit_bytes} bytes")
        if not body:
            raise BadInput("the input is empty", code="empty_body")
        return body

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                worked, failure = self.step(), ""
            except Exception as error:
                # A bug must not end the thread: the job would wait for a front door that is not asked any more.
                worked, failure = False, type(error).__name__
            if failure != self._failure:
                self._failure = failure
                log.warning("async_worker_failed", error=failure) if failure else log.info("async_worker_recovered")
            if not worked:
                self._stopped.wait(POLL_S)
