"""Spark's options, for our own sessions and for spark-submit; without Spark itself, which takes long to import."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from clients.aws import access_key
from clients.java_trust import java_options
from core.errors import ConfigurationError
from core.settings import Settings

# The name of the Iceberg catalog in Spark, in PyIceberg and in the catalog's own tables.
CATALOG = "lake"


def common_options(settings: Settings, work_dir: Path, *, heap: str, jars: str) -> dict[str, str]:
    """Return what every session here has: bound to the loopback, with a bounded heap and without UI."""
    return {
        "spark.driver.host": settings.bind_host,
        "spark.driver.bindAddress": settings.bind_host,
        "spark.driver.memory": heap,
        # Nothing here computes for long: an optimising compiler and a parallel collector cost more than they give.
        "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1" + java_options(settings),
        "spark.driver.extraClassPath": str(settings.jars_dir / jars / "*"),
        # Executors are processes of their own under any master but `local`.
        "spark.executor.extraClassPath": str(settings.jars_dir / jars / "*"),
        "spark.sql.warehouse.dir": str(work_dir / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        # One malformed row must become a null, not an exception that stops a query.
        "spark.sql.ansi.enabled": "false",
    }


def spark_home() -> Path:
    """Return the folder of pyspark's own Spark, with `bin/spark-submit` in it."""
    found = find_spec("pyspark")
    if found is None or found.origin is None:
        raise ConfigurationError("pyspark is not installed; run `make setup`.")
    return Path(found.origin).parent


def submission_options(settings: Settings, work_dir: Path) -> dict[str, str]:
    """Return the options by which spark-submit starts what `start_lake_session` starts otherwise; they hold secrets."""
    return {
        "spark.master": settings.batch_master,
        "spark.log.level": "WARN",
        **common_options(settings, work_dir, heap=settings.batch_heap, jars="lake"),
        **lake_options(settings, settings.batch_cores),
    }


def lake_options(settings: Settings, cores: int) -> dict[str, str]:
    """Return Spark's options for the lake: the catalog in PostgreSQL, files in S3; they hold secrets."""
    key_id, secret = access_key(settings)
    catalog = f"spark.sql.catalog.{CATALOG}"
    return {
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        catalog: "org.apache.iceberg.spark.SparkCatalog",
        f"{catalog}.type": "jdbc",
        f"{catalog}.uri": _jdbc_url(settings),
        f"{catalog}.jdbc.user": settings.postgres_user,
        f"{catalog}.jdbc.password": settings.postgres_password.get_secret_value(),
        f"{catalog}.jdbc.schema-version": "V1",
        # Beside the classes that Iceberg knows: PostgreSQL was stopped, killed, or is starting.
        f"{catalog}.retryable_status_codes": "57P01,57P02,57P03",
        f"{catalog}.warehouse": f"s3://{settings.silver_bucket}",
        f"{catalog}.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
        f"{catalog}.s3.endpoint": settings.s3_url,
        f"{catalog}.s3.path-style-access": "true",
        f"{catalog}.s3.access-key-id": key_id,
        f"{catalog}.s3.secret-access-key": secret,
        f"{catalog}.client.region": settings.aws_region,
        # PyIceberg commits to the same tables: a cached one would hide its snapshots for half a minute.
        f"{catalog}.cache-enabled": "false",
        # Figures: an overflow or a bad cast must stop the job, never become a null.
        "spark.sql.ansi.enabled": "true",
        "spark.sql.shuffle.partitions": str(cores * 2),
        "spark.sql.adaptive.enabled": "true",
        "spark.driver.extraJavaOptions": " ".join(_java_options(settings)),
    }


def class_archive(settings: Settings, jars: str) -> Path:
    """Return where the classes of a set of jars are archived; other jars or another pyspark have another archive."""
    class_path = f"{(settings.jars_dir / jars).resolve()}:{spark_home()}"
    return settings.jars_dir.resolve() / f"{jars}-{sha256(class_path.encode()).hexdigest()[:12]}.jsa"


def _java_options(settings: Settings) -> Iterator[str]:
    yield "-XX:+UseParallelGC"
    yield settings.batch_java_options + java_options(settings)
    archive = class_archive(settings, "lake")
    if archive.exists():
        # A JVM that cannot use it says nothing and loads its classes itself.
        yield f'"-XX:SharedArchiveFile={archive}" -Xlog:cds=off -Xlog:cds+dynamic=off'


def _jdbc_url(settings: Settings) -> str:
    """Return PostgreSQL's address for JDBC, which asks for TLS as the DSN does."""
    address = urlsplit(settings.postgres_dsn)
    options = dict(parse_qsl(address.query))
    wanted: dict[str, str] = {name: options[name] for name in ("sslmode", "sslrootcert") if name in options}
    if settings.mode == "production":
        wanted = {"sslmode": "verify-full", **wanted}
    if settings.ca_file is not None:
        wanted["sslrootcert"] = str(settings.ca_file)
    query = f"?{urlencode(wanted)}" if wanted else ""
    return f"jdbc:postgresql://{address.hostname}:{address.port or 5432}/{address.path.lstrip('/')}{query}"
