"""Bodies made to cost more than their size. `bench/hostile.py` has the table, and times it; here are the bounds that
hold on any machine."""

import asyncio
import contextlib
import gc
import json
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from starlette.requests import Request

from bench.hostile import BODY_BYTES, NOT_JSON, PLACES, VALUES, bodies, hostile_app, post
from chatkit._json import MOST_CONTAINERS
from chatkit._wire import parse_request
from chatkit.http.bodies import parse_body, read_body
from chatkit.http.errors import HttpError
from tests.http.servers import create, user_input

BODIES = bodies()
SIZE = 40_000
MOST_TIMES = 60
"""Bytes of memory per byte of a body: a Python list of nothing takes 56, and two to write."""


@pytest.fixture(scope="module", autouse=True)
def nothing_old_to_collect() -> Iterator[None]:
    """Spares each collection of garbage what the process has loaded, which takes longer than most bodies."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def test_the_table_is_worth_its_name() -> None:
    assert len(NOT_JSON) >= 30
    assert len(BODIES) > 300


@pytest.mark.parametrize("place", ["", *PLACES])
def test_hostile_bodies_are_refused_in_few_words_and_in_memory_of_their_own_order(place: str) -> None:
    app = hostile_app()
    chosen = {
        name: make(SIZE)
        for name, make in BODIES.items()
        if (name.endswith(f", {place}") if place else name in NOT_JSON)
    }

    async def run() -> None:
        await post(app, b"{}")
        for name, body in chosen.items():
            tracemalloc.start()
            status, answer = await post(app, body)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert 400 <= status < 500, name
            assert len(answer) <= 4096, name
            assert set(json.loads(answer)["error"]) <= {"code", "message", "param"}, name
            assert peak < MOST_TIMES * len(body) + 500_000, f"{name}: {peak / len(body):.0f} times"

    asyncio.run(run())


def processor_time(body: bytes) -> float:
    """The best of some runs, until the request is refused or known."""
    best = float("inf")
    for _ in range(3):
        gc.collect()
        start = time.process_time()
        with contextlib.suppress(HttpError):
            parse_body(body)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("name", [*NOT_JSON, *(f"{value}, as a message's content" for value in VALUES)])
def test_the_time_to_refuse_a_body_does_not_grow_faster_than_the_body(name: str) -> None:
    make = BODIES[name]
    short, long = processor_time(make(SIZE)), processor_time(make(8 * SIZE))
    assert long < 0.02 or long < 24 * short, f"8 times the body took {long / short:.0f} times as long"  # square: 64


@pytest.mark.parametrize("name", BODIES)
def test_process_called_directly_refuses_them_with_few_errors(name: str) -> None:
    try:
        parse_request(BODIES[name](SIZE))
    except ValidationError as error:
        assert error.error_count() <= 10
        assert len(str(error)) < 6000 + len(BODIES[name](SIZE))  # a key is named as it stands
    else:
        assert name.rpartition(", ")[2] in ("as a tool's result", "as metadata", "as a thread's id", "as audio")


async def test_a_string_that_never_ends_stops_nobody(http: httpx.AsyncClient) -> None:
    body = b"[" * 65 + b'"' + b'\\"' * 40_000
    start = time.process_time()
    answer = await http.post("/chatkit", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert time.process_time() - start < 1  # it was 12 s


async def test_a_long_list_of_wrong_values_is_named_by_its_first(http: httpx.AsyncClient) -> None:
    body = create()
    body["params"]["input"]["content"] = [1] * 900
    answer = await http.post("/chatkit", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["param"] == "params.input.content.0"
    assert "content.1" not in answer.text


def with_input(**fields: Any) -> dict[str, Any]:
    return {"type": "threads.create", "params": {"input": user_input() | fields}}


def feedback(ids: list[str]) -> dict[str, Any]:
    return {"type": "items.feedback", "params": {"thread_id": "thr_none", "item_ids": ids, "kind": "positive"}}


def answers(count: int) -> dict[str, Any]:
    given = {"answers": {str(number): {"values": ["x"]} for number in range(count)}}
    return {"type": "threads.add_structured_input", "params": {"thread_id": "t", "item_id": "i", "input": given}}


LIMITS: dict[str, tuple[Any, Any, str]] = {
    "attachments": (
        with_input(attachments=["a"] * 100),
        with_input(attachments=[f"a{number}" for number in range(101)]),
        "params.input.attachments",
    ),
    "content": (
        with_input(content=[{"type": "input_text", "text": ""}] * 1000, attachments=["a"]),
        with_input(content=[{"type": "input_text", "text": ""}] * 1001),
        "params.input.content",
    ),
    "answers": (answers(1000), answers(1001), "params.input.answers"),
    "extensions": (
        {"type": "threads.get_by_id", "params": {"thread_id": "t"}, "extensions": ["x"] * 100},
        {"type": "threads.get_by_id", "params": {"thread_id": "t"}, "extensions": ["x"] * 101},
        "extensions",
    ),
    "item ids": (None, feedback(["i"] * 101), "params.item_ids"),
}


@pytest.mark.parametrize("name", LIMITS)
async def test_what_costs_a_look_up_each_has_a_sane_number(http: httpx.AsyncClient, name: str) -> None:
    fits, too_many, param = LIMITS[name]
    if fits is not None:
        assert (await http.post("/chatkit", json=fits)).status_code == 404  # nothing is there, which was looked up
    answer = await http.post("/chatkit", json=too_many)
    assert answer.status_code == 422
    assert answer.json()["error"]["param"] == param


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("place", ["as a tool's result", "as metadata", "as the parameters", "alone"])
async def test_nan_is_not_json(http: httpx.AsyncClient, literal: str, place: str) -> None:
    before, after = PLACES[place]
    for value in (literal, f"[1,{literal}]", f'{{"a":{literal}}}'):
        answer = await http.post(
            "/chatkit", content=before + value.encode() + after, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "request.malformed"


async def test_the_words_nan_and_infinity_are_taken(http: httpx.AsyncClient) -> None:
    assert (await http.post("/chatkit", json=create('NaN, "Infinity" and -Infinity'))).status_code == 200


async def test_brackets_in_texts_are_not_counted(http: httpx.AsyncClient) -> None:
    text = '[{"quoted \\" and \\\\": [' * (MOST_CONTAINERS // 2)
    assert (await http.post("/chatkit", json=create() | {"metadata": {"page": text}})).status_code == 200


def test_the_bodies_are_as_long_as_they_say() -> None:
    for name, make in BODIES.items():
        if not name.startswith("as many"):
            assert 0.3 * SIZE < len(make(SIZE)) < 2 * SIZE, name
            assert len(make(BODY_BYTES)) < BODY_BYTES + 1000, name


async def test_a_body_in_chunks_of_one_byte_takes_no_more_than_one_that_comes_whole() -> None:
    body = json.dumps(create("x" * 300_000)).encode()
    chunks = iter(range(len(body)))

    async def receive() -> Any:
        place = next(chunks)
        return {"type": "http.request", "body": body[place : place + 1], "more_body": place + 1 < len(body)}

    request = Request({"type": "http", "headers": []})
    tracemalloc.start()
    read = await read_body(request, receive, BODY_BYTES)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert read == body
    assert peak < 5 * len(body)
