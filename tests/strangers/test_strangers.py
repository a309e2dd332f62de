"""Sloppy servers answer, stream, store, are read again as under the reference; what cannot be meant, they are told."""

import asyncio
import json
import logging
import re
import warnings
from typing import Any

import httpx
import pytest

from chatkit.http import ChatKit
from chatkit.settings import Settings
from tests.strangers.conftest import Outcome
from tests.strangers.people.hooks import STOPPED, Echo
from tests.strangers.people.routes import ROUTES
from tests.strangers.people.stores import STORES
from tests.strangers.story import STRANGERS, message, play

SHOWN = "What is streamed into a context that no run reads is shown; the reference drops it."
GIVEN = "What a hook gives is understood though it is no async generator; the reference shows an error."
CALLED = "A store is called as it can be called; the reference fails, as it is called in one way only."
BROKEN = "The store cannot load a thread, so that no conversation goes on under either; here saving a title says so."

INTENDED = {
    "store: no context": CALLED,
    "store: plain functions": CALLED,
    "store: a parameter nobody gives": BROKEN,
    "store: dicts for models": BROKEN,
    "hooks: returns a list": GIVEN,
    "hooks: plain generator": GIVEN,
    "hooks: an action that returns": GIVEN,
    "agents: tools that work": "An event shows its item as it was when it was sent, and a workflow ends once.",
    "agents: an action that only awaits": SHOWN,
    "agents: an action that does both": SHOWN,
    "agents: a widget after the run": SHOWN,
    "agents: respond that only awaits": SHOWN,
}
"""Strangers that get another answer than under the reference at a step that it answers, and why."""

MISSING = ("open what is not there", "open what is gone")
"""Steps that no server can answer."""

FAILING: dict[str, set[str]] = {
    "store: makes what is missing": set(),
    "hooks: catches everything": {*MISSING, "action", "create", "go on", "retry"},
}
"""Strangers that answer in another way at some steps: with an error of their own, or even for what is missing."""

TOLD = {
    "store: IndexError for what is missing": "IndexErrors.load_thread",
    "store: ValueError for what is missing": "ValueErrors.load_thread",
    "store: a parameter nobody gives": "AsksForMore.load_thread",
    "store: no context": "NoContext.load_thread",
    "store: dicts for models": "load_thread() must give one of the models in chatkit.types, not an object of type dict",
    "hooks: forgets to yield": "ForgetsToYield.respond() is an async def without a yield",
    "hooks: returns nothing": "ReturnsNothing.respond() returned None",
    "hooks: yields text": "chatkit.adapters.text.text_stream",
    "hooks: yields None": "YieldsNone.respond() yielded None",
    "hooks: yields dicts": "YieldsDicts.respond() yielded an object of type dict",
    "hooks: wrong exception": "WrongException.respond()",
    "hooks: raises at once": "RaisesAtOnce.respond()",
    "hooks: raises what cannot be shown": "RaisesTheUnspeakable.respond()",
    "hooks: raises in finally": "RaisesInFinally.respond()",
    "hooks: an action that forgets to yield": "ActionForgetsToYield.action() is an async def without a yield",
}
"""Strangers that do what cannot be meant, and the words for their developers."""


@pytest.fixture(autouse=True)
def quiet() -> Any:
    """Some strangers give pydantic what it warns of."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="(?s).*Pydantic serializer warnings")
        yield


def answered(outcome: list[str]) -> bool:
    return outcome[:1] != ["raised"] and not any(word.startswith("error ") for word in outcome)


@pytest.mark.parametrize("name", STRANGERS)
async def test_a_stranger_is_answered_as_under_the_reference(
    name: str, under_the_reference: dict[str, Outcome]
) -> None:
    async with asyncio.timeout(20):
        ours = await play(name)
    reference = under_the_reference[name]
    assert ours.keys() == reference.keys()
    differing = {
        step: (reference[step], ours[step])
        for step in ours
        if answered(reference[step]) and reference[step] != ours[step]
    }
    assert bool(differing) is (name in INTENDED), differing


@pytest.mark.parametrize("name", [name for name in STRANGERS if name not in TOLD])
async def test_what_can_be_meant_is_answered_at_every_step(name: str) -> None:
    ours = await play(name)
    failing = {step for step, outcome in ours.items() if not answered(outcome)}
    has_widget = any("thread.item.done widget" in word for word in ours["create"])
    expected = {*MISSING} if has_widget else {*MISSING, "action"}
    assert failing == FAILING.get(name, expected)


@pytest.mark.parametrize("name", TOLD)
async def test_what_cannot_be_meant_is_told_in_words(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """In the log, or, for what `process()` raises, beside the error, from where the HTTP layer logs it."""
    ours = await play(name)
    raised = [word for outcome in ours.values() if outcome[0:1] == ["raised"] for word in outcome[2:]]
    logged = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert logged or raised
    assert TOLD[name] in "\n".join([caplog.text, *(record.getMessage() for record in logged), *raised])


@pytest.mark.parametrize("name", STORES)
async def test_over_http_there_is_no_bare_500(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever the store does: each step has an answer below 500, or a record that names the store and its method."""
    store = STORES[name]()
    app = ChatKit(Echo(store), settings=Settings(), context=lambda request: {"user_id": "ann"})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
        for operation, params in (
            ("threads.create", {"input": message("one")}),
            ("threads.list", {}),
            ("threads.get_by_id", {"thread_id": "thr_unknown"}),
            ("items.list", {"thread_id": "thr_unknown"}),
            ("threads.update", {"thread_id": "thr_unknown", "title": "x"}),
            ("threads.delete", {"thread_id": "thr_unknown"}),
        ):
            caplog.clear()
            answer = await client.post("/chatkit", json={"type": operation, "params": params})
            if answer.status_code >= 500:
                assert re.search(rf"{type(store).__qualname__}\.\w+", caplog.text), operation
        health = await client.get("/health")
    assert health.status_code == 200


# Stops


@pytest.mark.parametrize("name", STOPPED)
@pytest.mark.parametrize("how", ["closed", "cancelled"])
async def test_a_stranger_can_be_stopped(name: str, how: str, caplog: pytest.LogCaptureFixture) -> None:
    server = STOPPED[name]()
    begun = asyncio.Event()
    result = await server.process(json.dumps({"message": "one"}), None)

    async def read() -> None:
        async for frame in result:
            if b'"begun"' in frame:
                begun.set()
                if how == "closed":
                    return

    async with asyncio.timeout(20):
        reading = asyncio.create_task(read())
        await begun.wait()
        if how == "cancelled":
            await asyncio.sleep(0)
            reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await result.json_events.aclose()
    thread_id = next(iter(server.store.threads))
    opened = await server.process(json.dumps({"type": "threads.get_by_id", "params": {"thread_id": thread_id}}), None)
    texts = [item["content"][0]["text"] for item in json.loads(opened.json)["items"]["data"]]
    assert texts[:2] == ["one", "begun"]
    told = {"yields when closed": "closed", "raises when closed": how, "a handler that fails": how}.get(name)
    assert any(record.levelno == logging.ERROR for record in caplog.records) is (told == how)


# Routes


@pytest.mark.parametrize("name", ROUTES)
async def test_a_route_of_fastapi_answers(name: str) -> None:
    fastapi = pytest.importorskip("fastapi")
    app = fastapi.FastAPI()
    app.post("/chatkit")(ROUTES[name](Echo()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
        streamed = await client.post("/chatkit", json={"type": "threads.create", "params": {"input": message("one")}})
        listed = await client.post("/chatkit", json={"type": "threads.list", "params": {}})
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert "You said one" in streamed.text
    assert listed.headers["content-type"] == "application/json"
    assert [thread["title"] for thread in listed.json()["data"]] == ["one"]
