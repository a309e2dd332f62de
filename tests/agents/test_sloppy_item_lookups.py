"""Answers do not depend on a store's `load_item`: it is asked only for ids that a host may give twice, and may fail."""

from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest

from chatkit.agents import AgentContext, stream_agent_response
from chatkit.store import NotFoundError, Store
from chatkit.types import Page, ThreadItemDoneEvent, ThreadMetadata
from tests.agents.test_model_events import earlier
from tests.differential.drivers.agents_kit import NOW, THREAD, CountingStore, ScriptedRun, answer
from tests.support.names import shown

OPENAI = "msg_68f3c1b2a7c88190b5d6e7f8a9b0c1d2"


class Odd(CountingStore):
    """A store whose `load_item` does as it is told, and counts how often it is asked."""

    def __init__(self, does: Any, items: list[Any] | None = None) -> None:
        super().__init__(items)
        self.does = does
        self.asked = 0

    async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
        self.asked += 1
        if isinstance(self.does, BaseException):
            raise self.does
        return self.does


async def message_ids(store: Any, model_id: str) -> list[str]:
    """The ids of the messages that an answer with this id of the model's brings."""
    context: AgentContext[Any] = AgentContext(
        thread=ThreadMetadata(id=THREAD, created_at=NOW), store=store, request_context={}
    )
    run: Any = ScriptedRun(context, answer("Hello.", model_id))
    events = [event async for event in stream_agent_response(context, run)]
    return [event.item.id for event in events if isinstance(event, ThreadItemDoneEvent)]


NOT_THERE = [NotFoundError("x"), KeyError("x"), IndexError(0), FileNotFoundError("x"), None, Mock(), {}]
FAILING = [NotImplementedError(), RuntimeError("x"), ConnectionError("x"), ValueError("x"), TypeError("x")]


@pytest.mark.parametrize("does", [*NOT_THERE, *FAILING], ids=shown)
@pytest.mark.parametrize("model_id", [OPENAI, "m", "msg_0"])
async def test_whatever_a_stores_lookup_does_the_answer_arrives_under_the_models_id(does: Any, model_id: str) -> None:
    assert await message_ids(Odd(does), model_id) == [model_id]


@pytest.mark.parametrize(
    "model_id",
    [
        OPENAI,
        "msg_019a8f7e-6b5c-7d4e-8f3a-2b1c0d9e8f7a",
        "msg-7f3a9c2e5b8d1f4a6c0e9b3d",
        "chatcmpl-9Zk3LmQ2xT7vRb1Wn5Yc",
    ],
)
async def test_a_store_is_not_asked_for_ids_that_are_unique_by_their_look(model_id: str) -> None:
    store = Odd(AssertionError("asked"))
    assert await message_ids(store, model_id) == [model_id]
    assert store.asked == 0


@pytest.mark.parametrize("does", [*FAILING, earlier("msg_0")], ids=shown)
@pytest.mark.parametrize("model_id", ["msg_0", "1", "msg_00000000000000000000000000000001"])
async def test_an_id_that_the_thread_has_is_not_taken_although_the_lookup_fails(does: Any, model_id: str) -> None:
    if not isinstance(does, Exception):
        does = earlier(model_id)
    assert await message_ids(Odd(does, [earlier(model_id)]), model_id) == ["message_1"]


async def test_a_mocked_store_does_not_end_an_answer() -> None:
    store = Mock(spec=Store)
    store.load_thread_items = AsyncMock(return_value=Page())
    assert await message_ids(store, "m") == ["m"]


async def test_a_store_that_can_tell_nothing_gets_an_id_of_its_own_making() -> None:
    class Blind(Odd):
        async def load_thread_items(self, *arguments: Any) -> Page[Any]:
            if self.asked:
                raise ConnectionError("gone")
            return Page()

    assert await message_ids(Blind(RuntimeError("x")), "msg_0") == ["message_1"]
