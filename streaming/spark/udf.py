"""Compiles EnrichUdf.java with the Janino that Spark ships, and registers it as the SQL function `enrich`."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from core.settings import Settings

SOURCE = Path(__file__).with_name("EnrichUdf.java")
CLASS = "tipline.EnrichUdf"
RESULT = "reply STRING, code STRING, message STRING, at STRING"

NO_ARTICLES = '{"instances": []}'


def register_enrich(session: SparkSession, settings: Settings) -> None:
    """Register `enrich(request STRING)`, which calls the endpoint once for each row; no JDK is needed.

    The class goes to executors as a jar, so that the same job runs on a cluster.
    """
    _quieten(session)
    compiler = _compile(session, SOURCE.read_text())
    session.sql(f"ADD JAR '{_write_jar(compiler.getBytecodes(), settings.data_dir / 'spark' / 'enrich-udf.jar')}'")
    jvm = _jvm(session)
    arguments = _array(
        session,
        jvm.java.lang.Object,
        settings.endpoint_url,
        settings.endpoint_name,
        settings.aws_region,
        str(settings.aws_shared_credentials_file),
        settings.aws_profile,
        # py4j would box a small number as Integer, which a reflective call does not widen.
        jvm.java.lang.Long.valueOf(int(settings.enrich_timeout_s * 1000)),
        settings.enrich_attempts,
    )
    instance = compiler.getClassLoader().loadClass(CLASS).getConstructors()[0].newInstance(arguments)
    # The first call loads the SDK, which takes longer than all of an article's way: let no article wait for it.
    instance.call(NO_ARTICLES)
    result = jvm.org.apache.spark.sql.types.StructType.fromDDL(RESULT)
    # Told that it is deterministic, Spark would call it once for every use of its result.
    function = _java_udf(session, instance, result).asNondeterministic()
    session._jsparkSession.udf().register("enrich", function)


def _quieten(session: SparkSession) -> None:
    """The SDK warns at every look at an unchanged credentials file."""
    log4j = _jvm(session).org.apache.logging.log4j
    log4j.core.config.Configurator.setLevel("software.amazon.awssdk.utils.cache.CachedSupplier", log4j.Level.ERROR)


def _compile(session: SparkSession, source: str) -> Any:
    jvm = _jvm(session)
    compiler = jvm.org.codehaus.janino.SimpleCompiler()
    compiler.setParentClassLoader(jvm.java.lang.Thread.currentThread().getContextClassLoader())
    compiler.setTargetVersion(8)  # else calls of static interface methods are refused
    compiler.cook(source)
    return compiler


def _write_jar(bytes_by_class: Any, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as jar:
        for name in bytes_by_class.keySet().toArray():
            jar.writestr(name.replace(".", "/") + ".class", bytes(bytes_by_class.get(name)))
    return path


def _java_udf(session: SparkSession, instance: Any, result: Any) -> Any:
    """Call functions.udf(UDF1, DataType) by reflection: py4j may pick its Scala overload."""
    jvm = _jvm(session)
    functions = jvm.java.lang.Class.forName("org.apache.spark.sql.functions")
    udf1 = jvm.java.lang.Class.forName("org.apache.spark.sql.api.java.UDF1")
    data_type = jvm.java.lang.Class.forName("org.apache.spark.sql.types.DataType")
    method = functions.getMethod("udf", _array(session, jvm.java.lang.Class, udf1, data_type))
    return method.invoke(None, _array(session, jvm.java.lang.Object, instance, result))


def _array(session: SparkSession, kind: Any, *items: Any) -> Any:
    gateway: Any = session.sparkContext._gateway
    array = gateway.new_array(kind, len(items))
    for index, item in enumerate(items):
        array[index] = item
    return array


def _jvm(session: SparkSession) -> Any:
    return session._jvm
