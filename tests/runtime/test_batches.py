import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo_runtime.batches import STEP_CHARS, STEP_ROWS, WAITING, Turn, steps
from relevo_runtime.problems import Problem

ROWS = st.lists(st.one_of(st.none(), st.builds(lambda n: {"texto": "x" * n}, st.integers(0, 9_000))), min_size=1)


@given(ROWS)
def test_steps_cover_every_row_once_and_stay_short(rows: list[object]) -> None:
    parts = list(steps(rows))
    assert [row for begin, end in parts for row in rows[begin:end]] == rows
    for begin, end in parts:
        chars = sum(len(row["texto"]) for row in rows[begin:end] if isinstance(row, dict))
        assert end - begin <= STEP_ROWS
        assert chars <= STEP_CHARS or end - begin == 1


def test_batches_take_turns_in_order_and_the_one_too_many_is_turned_away() -> None:
    async def story() -> list[int]:
        turn, done = Turn(), []
        open_gate = asyncio.Event()

        async def batch(number: int) -> None:
            async with turn:
                await open_gate.wait()
                done.append(number)

        tasks = [asyncio.create_task(batch(number)) for number in range(1 + WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(Problem, match="busy"):
            await batch(99)
        open_gate.set()
        await asyncio.gather(*tasks)
        await batch(100)
        return done

    assert asyncio.run(story()) == [*range(1 + WAITING), 100]
