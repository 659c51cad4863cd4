"""Frames of AWS's event stream (`application/vnd.amazon.eventstream`), the server's side.

A frame is the prelude (length of the frame, length of the headers, CRC-32 of both), the headers, the payload, and the
CRC-32 of all before it; numbers are big-endian. Botocore reads them and has nothing that writes them.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from zlib import crc32

MEDIA_TYPE = "application/vnd.amazon.eventstream"
_STRING = 7
_CHECKSUM = struct.Struct("!I")


def payload_part(body: bytes) -> bytes:
    """Return the event that carries some bytes of the model's reply."""
    return _frame(
        {":message-type": "event", ":event-type": "PayloadPart", ":content-type": "application/octet-stream"}, body
    )


def exception(kind: str, body: bytes) -> bytes:
    """Return the frame that ends a stream with an error, its JSON in `body`."""
    return _frame({":message-type": "exception", ":exception-type": kind, ":content-type": "application/json"}, body)


def _frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    written = b"".join(_header(name.encode(), value.encode()) for name, value in headers.items())
    # Prelude and the two checksums are 16 bytes.
    prelude = struct.pack("!II", 16 + len(written) + len(payload), len(written))
    frame = prelude + _CHECKSUM.pack(crc32(prelude)) + written + payload
    return frame + _CHECKSUM.pack(crc32(frame))


def _header(name: bytes, value: bytes) -> bytes:
    return struct.pack("!B", len(name)) + name + struct.pack("!BH", _STRING, len(value)) + value
