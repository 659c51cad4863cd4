"""Apache Kafka on the loopback: broker and KRaft controller in one JVM with a 512 MB heap."""

from __future__ import annotations

import base64
import subprocess
import uuid
from pathlib import Path

from core.errors import ConfigurationError
from core.settings import Settings
from ops.stack.jars import ensure_jars, jar_folder
from ops.stack.java import java
from ops.stack.service import Service, tcp_probe

NAME = "kafka"
HEAP = "512m"

# One broker holds every replica, so acks=all means that it has the record. The rebalance delay only helps big groups.
SINGLE_BROKER = {
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
    "auto.create.topics.enable": "false",
    "delete.topic.enable": "true",
    "message.max.bytes": 2 * 1024 * 1024,
    "replica.fetch.max.bytes": 2 * 1024 * 1024,
}

LOG4J = """\
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %m (%c)%n
rootLogger.level = WARN
rootLogger.appenderRef.out.ref = out
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = INFO
"""


def service(settings: Settings) -> Service:
    """Return the server; preparing it retrieves the jars and formats the storage at the first run."""
    home = settings.data_dir / NAME
    return Service(
        name=NAME,
        argv=(*_jvm(settings, home), f"-Xms{HEAP}", f"-Xmx{HEAP}", "kafka.Kafka", str(home / "server.properties")),
        ready=tcp_probe("127.0.0.1", settings.kafka_port),
        port=settings.kafka_port,
        prepare=lambda: _prepare(settings, home),
        cwd=settings.data_dir,
        stop_timeout_s=40,
    )


def _jvm(settings: Settings, home: Path) -> tuple[str, ...]:
    classpath = f"{jar_folder(settings.jars_dir, NAME)}/*"
    return (
        java(), "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-Djava.awt.headless=true", "-XX:-UsePerfData",
        f"-Dlog4j2.configurationFile={home / 'log4j2.properties'}", "-cp", classpath,
    )  # fmt: skip


def _prepare(settings: Settings, home: Path) -> None:
    ensure_jars(settings.jars_dir, NAME)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / "log4j2.properties").write_text(LOG4J)
    (home / "server.properties").write_text("".join(f"{k}={v}\n" for k, v in _properties(settings, home).items()))
    if (home / "log" / "meta.properties").exists():
        return
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    # Joined by "=", since an id may begin with a dash.
    tool = ("kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", str(home / "server.properties"))
    done = subprocess.run([*_jvm(settings, home), *tool], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ConfigurationError(f"Kafka's storage could not be formatted: {(done.stderr or done.stdout)[-500:]}")


def _properties(settings: Settings, home: Path) -> dict[str, object]:
    broker = f"{settings.kafka_security}://127.0.0.1:{settings.kafka_port}"
    controller = f"127.0.0.1:{settings.kafka_controller_port}"
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@{controller}",
        "listeners": f"{broker},CONTROLLER://{controller}",
        "advertised.listeners": broker,
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": f"CONTROLLER:PLAINTEXT,{settings.kafka_security}:{settings.kafka_security}",
        "inter.broker.listener.name": settings.kafka_security,
        **_certificate(settings, home),
        "log.dirs": home / "log",
        **SINGLE_BROKER,
    }


def _certificate(settings: Settings, home: Path) -> dict[str, object]:
    """Return what an SSL listener needs: key and certificate in one file, as Kafka reads PEM."""
    if settings.kafka_security == "PLAINTEXT":
        return {}
    if settings.tls_cert is None or settings.tls_key is None or settings.ca_file is None:
        raise ConfigurationError("Kafka over SSL needs TIPLINE_TLS_CERT, TIPLINE_TLS_KEY and TIPLINE_CA_FILE.")
    both = home / "keystore.pem"
    both.touch(mode=0o600)
    both.write_text(settings.tls_key.read_text() + settings.tls_cert.read_text())
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": both,
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": settings.ca_file,
    }
