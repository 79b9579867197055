"""Gathering the appends of one asyncio event loop: while one commit is under way, all that arrive make up the next."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from headwater_collector.log.eventlog import Draft

Submit = Callable[[Sequence[Draft]], Future[list[int]]]
_Waiting = tuple[Sequence[Draft], asyncio.Future[list[int]]]


class GatheredAppend:
    """Appends for the coroutines of one event loop; not for use from any other thread.

    One hand-over to the writer thread and one back for each commit, instead of for each request: half the CPU of an
    append under load.
    """

    def __init__(self, submit: Submit, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._submit = submit
        self._waiting: list[_Waiting] = []
        self._under_way = False

    async def append(self, drafts: Sequence[Draft]) -> list[int]:
        """Do as `EventLog.append` without blocking the event loop."""
        waiter: asyncio.Future[list[int]] = self.loop.create_future()
        self._waiting.append((drafts, waiter))
        if not self._under_way:
            self._under_way = True
            # Not at once: requests that became readable in the same turn of the loop join.
            self.loop.call_soon(self._hand_over)
        return await waiter

    def _hand_over(self) -> None:
        waiting = [(drafts, waiter) for drafts, waiter in self._waiting if not waiter.done()]
        self._waiting.clear()
        self._under_way = bool(waiting)
        if not waiting:
            return
        try:
            future = self._submit([draft for drafts, _ in waiting for draft in drafts])
        except Exception as error:  # A waiter that nobody answers would hang its request.
            self._answer(waiting, error)
        else:
            asyncio.wrap_future(future, loop=self.loop).add_done_callback(lambda done: self._finish(waiting, done))

    def _finish(self, waiting: Sequence[_Waiting], done: asyncio.Future[list[int]]) -> None:
        if done.cancelled():
            return  # The loop is being shut down, and its waiters with it.
        self._answer(waiting, done.exception() or done.result())

    def _answer(self, waiting: Sequence[_Waiting], result: BaseException | list[int]) -> None:
        start = 0
        for drafts, waiter in waiting:
            end = start + len(drafts)
            if not waiter.done():
                if isinstance(result, BaseException):
                    waiter.set_exception(result)
                else:
                    waiter.set_result(result[start:end])
            start = end
        self._hand_over()
