"""Every setting of every process, read once at a composition root by `load_settings`.

A field `name` is the environment variable `TIPLINE_NAME`; a secret may also be a file of that name (lower case,
`tipline_name`) in `<data_dir>/secrets`. docs/operations.md lists them all, and a unit test compares the two.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ENV_PREFIX = "TIPLINE_"

# Who a process is to PostgreSQL: deploy/postgres/roles.sql makes these roles, migrations say what each may do.
DatabaseRole = Literal["api", "router", "intake", "serve", "batch", "warm", "ticks", "analyst"]


def _local(scheme: str, port_field: str, path: str = "") -> Any:
    """Default an address to the embedded server's: the loopback and the port of this same settings object."""
    return Field(default_factory=lambda data: f"{scheme}127.0.0.1:{data[port_field]}{path}")


def _ours(port_field: str) -> Any:
    """Default an address to a server of our own, which speaks TLS when it has a certificate."""
    return Field(
        default_factory=lambda data: f"{'https' if data['tls_cert'] else 'http'}://127.0.0.1:{data[port_field]}"
    )


class Settings(BaseSettings):
    """The settings of the whole platform; addresses default to the embedded stack on this machine."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, extra="ignore", frozen=True)

    # where things are
    data_dir: Path = Path(".tipline")
    jars_dir: Path = Field(default_factory=lambda data: data["data_dir"] / "jars")
    mode: Literal["demo", "production"] = "demo"
    log_level: str = "INFO"
    bind_host: str = "127.0.0.1"

    # TLS: of our own servers, and whom our clients trust
    tls_cert: Path | None = None
    tls_key: Path | None = None
    ca_file: Path | None = None

    # ports of the servers we start
    api_port: int = 8000
    intake_port: int = 8010
    endpoint_port: int = 8080
    facade_port: int = 8090
    kafka_port: int = 9092
    kafka_controller_port: int = 9093
    redis_port: int = 6379
    postgres_port: int = 5432
    s3_port: int = 4566
    ray_port: int = 6380
    ray_dashboard_port: int = 8265

    # addresses of the servers we talk to
    kafka_bootstrap: str = _local("", "kafka_port")
    kafka_security: Literal["PLAINTEXT", "SSL"] = "PLAINTEXT"
    redis_url: str = _local("redis://", "redis_port", "/0")
    postgres_dsn: str = _local("postgresql://", "postgres_port", "/tipline")
    postgres_user: str = "tipline"
    s3_url: str = _local("http://", "s3_port")
    sqs_url: str = _local("http://", "s3_port")
    glue_url: str = _ours("facade_port")
    athena_url: str = _ours("facade_port")
    endpoint_url: str = _ours("endpoint_port")
    intake_url: str = _ours("intake_port")
    api_url: str = _ours("api_port")

    # secrets
    postgres_password: SecretStr = SecretStr("")
    redis_password: SecretStr = SecretStr("")
    session_secret: SecretStr = SecretStr("")
    jwt_secret: SecretStr = SecretStr("")
    sealing_master_keys: SecretStr = SecretStr("")
    client_token_key: SecretStr = SecretStr("")

    # single sign-on
    oidc_issuer: str | None = None
    oidc_client_id: str = "tipline"
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_rm_claim: str = "sub"
    oidc_role_claim: str = "roles"
    oidc_roles: str = ""

    # AWS-style access
    aws_region: str = "eu-central-1"
    aws_profile: str = "tipline"
    kms_key_id: str | None = None
    kms_url: str | None = None
    aws_shared_credentials_file: Path = Field(default_factory=lambda data: data["data_dir"] / "aws" / "credentials")

    # intake
    sources_file: Path = Field(default_factory=lambda data: data["data_dir"] / "sources.toml")
    intake_body_limit_bytes: int = 1024 * 1024
    webhook_tolerance_s: int = 300

    # the hot path
    endpoint_name: str = "news-enrichment"
    endpoint_replicas: int = Field(default=2, ge=1)
    endpoint_body_limit_bytes: int = 25 * 1024 * 1024
    endpoint_timeout_s: float = Field(default=60.0, gt=0)
    endpoint_stream_timeout_s: float = Field(default=480.0, gt=0)
    async_bucket: str = "model-invocations"
    async_body_limit_bytes: int = Field(default=100 * 1024 * 1024, ge=1)
    container_target: Literal["enrich", "entity-resolver", "summarizer", "embedder"] = "enrich"
    relevance_keep_above: float = Field(default=0.8, ge=0, le=1)
    relevance_review_from: float = Field(default=0.5, ge=0, le=1)
    stream_trigger: Literal["real-time", "micro-batch"] = "real-time"
    stream_batch_s: int = Field(default=30, ge=1)
    enrich_timeout_s: float = 5.0
    enrich_attempts: int = 2
    retry_backoff_initial_s: float = 1.0
    retry_backoff_max_s: float = 60.0
    retry_limit: int = 8

    # the lake and the nightly batch
    bronze_bucket: str = "data-lake-bronze"
    silver_bucket: str = "data-lake-silver"
    gold_bucket: str = "data-lake-gold"
    archive_bucket: str = "news-archive"
    bronze_queue: str = "data-lake-bronze-events"
    demo_days: int = Field(default=260, ge=0)
    night_quiet_s: float = Field(default=5.0, ge=0)
    night_sweep_s: float = Field(default=300.0, gt=0)
    landing_manifest: Literal["optional", "required"] = "optional"
    batch_cores: int = Field(default=2, ge=1)
    batch_master: str = Field(default_factory=lambda data: f"local[{data['batch_cores']}]")
    batch_heap: str = "2g"
    batch_java_options: str = "-XX:TieredStopAtLevel=1 -XX:-DontCompileHugeMethods"
    batch_staging: str = Field(default_factory=lambda data: str(data["data_dir"] / "staging"))
    bad_share_limit: float = Field(default=0.05, ge=0, le=1)
    lineage_url: str | None = None
    warm_commit_s: float = Field(default=60.0, gt=0)
    lake_history_days: int = Field(default=35, ge=1)
    warm_days: int = Field(default=366, ge=1)

    # analysts' SQL
    sql_results_bucket: str = "sql-results"
    sql_results_keep_days: int = Field(default=30, ge=1)
    sql_timeout_s: float = Field(default=120.0, gt=0)
    sql_rows_limit: int = Field(default=1_000_000, ge=1)
    sql_scan_limit_bytes: int = Field(default=4 * 1024**3, ge=1)
    sql_result_limit_bytes: int = Field(default=256 * 1024**2, ge=1)
    sql_memory_bytes: int = Field(default=1024**3, ge=64 * 1024**2)

    # models
    embedder_engine: Literal["auto", "measured", "openvino", "torch"] = "auto"
    summarizer_model_path: Path | None = None
    registry_file: Path | None = None
    registry_poll_s: float = 1.0

    # alerts
    story_window_s: int = 48 * 3600
    story_similarity_from: float = Field(default=0.5, ge=0, le=1)
    escalate_to_deputy_s: float = Field(default=600.0, gt=0)
    escalate_to_head_s: float = Field(default=1200.0, gt=0)
    api_requests_per_minute: int = Field(default=6000, ge=1)
    traffic_lights_file: Path | None = None
    feed_retention_s: int = 7 * 24 * 3600
    ws_heartbeat_s: float = 15.0
    ws_queue_frames: int = 256
    session_lifetime_s: int = 12 * 3600

    # market data
    market_feed_url: str | None = Field(default=None, pattern="^(wss?|https?)://")
    market_feed_authorization: SecretStr | None = None
    market_feed_poll_s: float = Field(default=1.0, gt=0)


def load_settings(role: DatabaseRole | None = None, /, **overrides: Any) -> Settings:
    """Read the environment, then the secret files under the data directory; keyword arguments win over both.

    The files of a database role, in `secrets/ROLE`, win over those of everybody: so a process logs in as that role.
    """
    data_dir = Path(overrides.get("data_dir") or os.environ.get(ENV_PREFIX + "DATA_DIR") or ".tipline").absolute()
    folders = [data_dir / "secrets", *([data_dir / "secrets" / role] if role else [])]
    overrides["data_dir"] = data_dir
    return Settings(_secrets_dir=[folder for folder in folders if folder.is_dir()] or None, **overrides)


def as_environment(settings: Settings) -> dict[str, str]:
    """Return the settings that were set as environment variables for a child process, secrets left out."""
    plain = settings.model_dump(mode="json", exclude_unset=True)
    return {
        ENV_PREFIX + name.upper(): str(value)
        for name, value in plain.items()
        if value is not None and not isinstance(getattr(settings, name), SecretStr)
    }
