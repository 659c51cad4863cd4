"""`tipline endpoint`: what the model endpoint is, one signed call of it, its model's version, and what it bears."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from core.errors import BadInput, DependencyUnavailable
from core.settings import Settings, load_settings
from serve.model_versions import ModelVersions, version_name

ANSWER_WITHIN_S = 5.0

app = typer.Typer(name="endpoint", help="The model endpoint.", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    """Add the commands to the command line."""
    parent.add_typer(app)


@app.command()
def describe() -> None:
    """Print the endpoint's name, state and limits as JSON, in the words of SageMaker's DescribeEndpoint."""
    typer.echo(json.dumps(described(load_settings()), indent=2))


@app.command()
def invoke(
    target: Annotated[str, typer.Argument(help="enrich, entity-resolver, summarizer or embedder.")],
    body: Annotated[Path | None, typer.Option(help="File with the body; standard input without it.")] = None,
    content_type: Annotated[str, typer.Option(help="What the body is.")] = "application/json",
    accept: Annotated[str, typer.Option(help="What the reply shall be.")] = "application/json",
) -> None:
    """Send one signed InvokeEndpoint and write the reply to standard output as it came."""
    from clients.endpoint import EndpointClient

    try:
        sent = body.read_bytes() if body else sys.stdin.buffer.read()
    except OSError as error:
        raise BadInput(f"{body} cannot be read: {error.strerror}") from error
    reply = EndpointClient(load_settings()).invoke_raw(target, sent, content_type, accept=accept)
    sys.stdout.buffer.write(reply)


@app.command()
def deploy(
    directory: Annotated[Path, typer.Argument(help="Of a summarizer: ranking.json or a seq2seq model.")],
) -> None:
    """Roll the endpoint over to a summarizer while it serves; what cannot start is taken back."""
    from ops.endpoint_rollout import deploy_version

    typer.echo(f"serving {deploy_version(load_settings(), directory)}")


@app.command()
def rollback() -> None:
    """Roll the endpoint over to the summarizer before the present one."""
    from ops.endpoint_rollout import roll_back

    typer.echo(f"serving {roll_back(load_settings())}")


@app.command()
def bench(
    target: Annotated[str, typer.Argument(help="enrich, entity-resolver, summarizer or embedder.")] = "embedder",
    clients: Annotated[int, typer.Option(min=1, help="Requests under way at once.")] = 8,
    records: Annotated[int, typer.Option(min=1, help="Records a request.")] = 32,
    seconds: Annotated[float, typer.Option(min=0.1, help="For how long.")] = 10.0,
) -> None:
    """Call the endpoint as fast as it answers, without retries; print rates, latency and answers as JSON."""
    from ops.endpoint_bench import measure

    typer.echo(json.dumps(measure(load_settings(), target, clients, records, seconds), indent=2))


def described(settings: Settings) -> dict[str, Any]:
    """Return the description; DependencyUnavailable when nothing answers at the endpoint's address."""
    import httpx

    from clients.http import trusted

    try:
        with httpx.Client(
            base_url=settings.endpoint_url, timeout=ANSWER_WITHIN_S, trust_env=False, verify=trusted(settings)
        ) as http:
            in_service = http.get("/ping").status_code == httpx.codes.OK
            limits = http.get("/execution-parameters").json()
    except httpx.HTTPError as error:
        raise DependencyUnavailable(
            f"no endpoint answers at {settings.endpoint_url}; `tipline up` starts it."
        ) from error
    return {
        "EndpointName": settings.endpoint_name,
        "EndpointStatus": "InService" if in_service else "Updating",
        "EndpointUrl": settings.endpoint_url,
        "DesiredInstanceCount": settings.endpoint_replicas,
        "Summarizer": version_name(ModelVersions(settings).current),
        **limits,
    }
