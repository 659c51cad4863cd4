"""Whom a JVM of ours trusts: `ca_file` as the key store that Java reads."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from core.settings import Settings

# It guards nothing, since a CA's certificate is public; Java only insists on one.
PASSWORD = "changeit"  # noqa: S105


def java_options(settings: Settings) -> str:
    """Return the options of a JVM that trusts the CAs of `ca_file`, after writing them for it; else nothing."""
    if settings.ca_file is None:
        return ""
    certificates = x509.load_pem_x509_certificates(settings.ca_file.read_bytes())
    entries = [pkcs12.PKCS12Certificate(one, f"ca-{n}".encode()) for n, one in enumerate(certificates)]
    store = settings.data_dir / "spark" / "trusted.p12"
    store.parent.mkdir(parents=True, exist_ok=True)
    store.write_bytes(pkcs12.serialize_java_truststore(entries, BestAvailableEncryption(PASSWORD.encode())))
    named = {"trustStore": store, "trustStoreType": "PKCS12", "trustStorePassword": PASSWORD}
    return "".join(f" -Djavax.net.ssl.{name}={value}" for name, value in named.items())
