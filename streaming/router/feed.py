"""An RM's feed in Redis: a stream whose entry ids are the RM's sequence numbers, and the epoch it belongs to.

Keys of one RM: `feed:{rm}` the stream (`{seq}-0`, field `frame`), `feed-epoch:{rm}` the epoch, `feed-head:{rm}` the
last seq. Each change of the three is one atomic script or transaction, so a Redis that lost its last second lost it in
all three, and the head tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clients.redis import Redis

# Bounds a feed whose rows were never cleared; the age limit normally comes first.
MAX_FRAMES = 100_000

# Refused (returns -1) unless the stream is the expected epoch's and has all frames up to `published`; frames that it
# already has are passed over, so that appending again is harmless. Then readers are woken.
APPEND = """
local head = tonumber(redis.call('GET', KEYS[3]) or '-1')
if redis.call('GET', KEYS[2]) ~= ARGV[1] or head < tonumber(ARGV[2]) then return -1 end
for i = 5, #ARGV, 2 do
  local seq = tonumber(ARGV[i])
  if seq > head then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], ARGV[i] .. '-0', 'frame', ARGV[i + 1])
    head = seq
  end
end
redis.call('SET', KEYS[3], string.format('%.0f', head))
redis.call('PUBLISH', ARGV[4], string.format('%.0f', head))
return head
"""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a feed: its number and its JSON text."""

    seq: int
    json: str


class Feeds:
    """The feeds in Redis; every method may raise RedisError."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._append = redis.register_script(APPEND)

    def append(self, rm_id: str, epoch: str, published_seq: int, frames: Sequence[Frame]) -> bool:
        """Add frames in order and wake the RM's readers; False when Redis no longer has what was published before."""
        arguments: list[str | int] = [epoch, published_seq, MAX_FRAMES, wake_channel(rm_id)]
        for frame in frames:
            arguments += [frame.seq, frame.json]
        keys = [stream_key(rm_id), epoch_key(rm_id), head_key(rm_id)]
        return int(self._append(keys=keys, args=arguments)) >= 0

    def intact(self, expected: Sequence[tuple[str, str, int]]) -> list[bool]:
        """Say of each `(rm, epoch, published seq)` whether Redis still has it all."""
        pipeline = self._redis.pipeline(transaction=False)
        for rm_id, _, _ in expected:
            pipeline.mget(epoch_key(rm_id), head_key(rm_id))
        return [
            found[0] == epoch.encode() and int(found[1] or -1) >= published
            for (_, epoch, published), found in zip(expected, pipeline.execute(), strict=True)
        ]

    def start_over(self, rm_id: str) -> None:
        """Begin a new stream beside the present one."""
        self._redis.delete(_draft_key(rm_id))

    def add_to_draft(self, rm_id: str, frames: Sequence[Frame]) -> None:
        """Add frames to the new stream."""
        pipeline = self._redis.pipeline(transaction=False)
        for frame in frames:
            pipeline.xadd(_draft_key(rm_id), {"frame": frame.json}, id=f"{frame.seq}-0")
        pipeline.execute()

    def replace_by_draft(self, rm_id: str, epoch: str, head: int, *, empty: bool) -> None:
        """Put the new stream in the present one's place under a new epoch, and wake the RM's readers."""
        pipeline = self._redis.pipeline(transaction=True)
        if empty:
            pipeline.delete(stream_key(rm_id))
        else:
            pipeline.rename(_draft_key(rm_id), stream_key(rm_id))
        pipeline.set(epoch_key(rm_id), epoch)
        pipeline.set(head_key(rm_id), head)
        pipeline.publish(wake_channel(rm_id), head)
        pipeline.execute()

    def trim(self, rm_id: str, from_seq: int) -> None:
        """Drop the frames before a number."""
        self._redis.xtrim(stream_key(rm_id), minid=f"{from_seq}-0", approximate=False)


def stream_key(rm_id: str) -> str:
    """Name the stream of an RM's frames."""
    return f"feed:{rm_id}"


def epoch_key(rm_id: str) -> str:
    """Name the key of the feed's epoch."""
    return f"feed-epoch:{rm_id}"


def head_key(rm_id: str) -> str:
    """Name the key of the last number added."""
    return f"feed-head:{rm_id}"


def wake_channel(rm_id: str) -> str:
    """Name the channel that says a feed has grown."""
    return f"feed-wake:{rm_id}"


def _draft_key(rm_id: str) -> str:
    return f"feed-draft:{rm_id}"
