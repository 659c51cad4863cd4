from hypothesis import given
from hypothesis import strategies as st

from clients.kafka import Record
from streaming.retry_queue import RetryQueue


def record(offset: int, partition: int = 0) -> Record:
    return Record("t", partition, offset, 0, None, b"1234", {})


def test_records_come_out_by_due_time_and_no_earlier() -> None:
    queue = RetryQueue()
    for offset, due_s in enumerate([30.0, 10.0, 20.0]):
        queue.add(record(offset), due_s)
    assert queue.take_due(5, 10) == []
    assert [r.offset for r in queue.take_due(25, 10)] == [1, 2]
    assert [r.offset for r in queue.take_due(100, 10)] == [0]


def test_a_release_is_limited() -> None:
    queue = RetryQueue()
    for offset in range(5):
        queue.add(record(offset), 0)
    assert len(queue.take_due(1, 2)) == 2
    assert len(queue) == 3


def test_a_resting_record_holds_back_the_commit_of_later_ones() -> None:
    queue = RetryQueue()
    queue.add(record(0), 60)
    queue.add(record(1), 0)
    (early,) = queue.take_due(1, 10)
    queue.done(early)
    assert queue.take_committable() == []
    (late,) = queue.take_due(61, 10)
    assert queue.take_committable() == []
    queue.done(late)
    assert [r.offset for r in queue.take_committable()] == [0, 1]
    assert queue.size_bytes == 0


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 100), st.booleans()), max_size=40))
def test_nothing_is_committed_before_it_and_all_before_it_are_done(plan: list[tuple[int, float, bool]]) -> None:
    queue, finished, committed = RetryQueue(), set(), []
    for offset, (partition, due_s, _) in enumerate(plan):
        queue.add(record(offset, partition), due_s)
    for taken in queue.take_due(100, len(plan) + 1):
        if plan[taken.offset][2]:
            queue.done(taken)
            finished.add(taken.offset)
        committed += [r.offset for r in queue.take_committable()]
    for partition in range(3):
        mine = [offset for offset, (where, _, _) in enumerate(plan) if where == partition]
        prefix = mine[: next((i for i, offset in enumerate(mine) if offset not in finished), len(mine))]
        assert [offset for offset in committed if offset in mine] == prefix
