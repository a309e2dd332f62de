"""`ModelClient`: its streams give what the SDK's give, on a corpus of hosts' answers; when the SDK has changed, its own
way is taken."""

import asyncio
import copy
import inspect
import itertools
import json
import logging
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from agents import Agent, OpenAIChatCompletionsModel, OpenAIResponsesModel, RunConfig, Runner
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openai import APIResponseValidationError, AsyncAzureOpenAI, AsyncOpenAI
from openai._streaming import SSEDecoder
from openai.types.chat import ChatCompletionChunk
from openai.types.responses import ResponseStreamEvent, ResponseTextDeltaEvent
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from chatkit.adapters.openai_agents import model_client
from chatkit.adapters.openai_agents.frames import Frame, FrameDecoder
from chatkit.agents import AgentSettings, AzureModelClient, ModelClient, SettingsModelProvider
from tests.agents.conftest import ClientFor, ask, items_of, texts
from tests.support.loopback import serving

STREAMS = sorted((Path(__file__).parent / "streams").glob("*.sse"))
NAMES = [stream.stem for stream in STREAMS]
MADE_OF: dict[str, Any] = {"responses": ResponseStreamEvent, "chat_completions": ChatCompletionChunk}
ENDS = {"lf": b"\n", "crlf": b"\r\n", "cr": b"\r"}


@pytest.fixture(autouse=True)
def newly_imported(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What was found out about the SDK is forgotten before and after each test."""
    monkeypatch.setattr(model_client, "_builds", {})
    seams_known: Any = model_client._seams_known  # pyright: ignore[reportPrivateUsage]
    seams_known.cache_clear()
    yield
    seams_known.cache_clear()


def read(name: str, ends: str = "lf") -> bytes:
    stream = next(stream for stream in STREAMS if stream.stem == name)
    return stream.read_bytes().replace(b"\n", ENDS[ends])


def facts(value: Any) -> Any:
    """All that can be seen of a value: types, fields in order, which are set, what is extra, what it dumps to."""
    if isinstance(value, BaseModel):
        fields = [(name, facts(field)) for name, field in value.__dict__.items()]
        extra = [(name, facts(field)) for name, field in (value.__pydantic_extra__ or {}).items()]
        dumps = [repr(value.model_dump(warnings=False)), repr(value.model_dump(exclude_unset=True, warnings=False))]
        dumps.append(repr(value))
        known = sorted(value.model_fields_set)
        return [type(value), fields, extra, known, value.__pydantic_private__, type(value.__pydantic_extra__), dumps]
    if isinstance(value, list):
        return [list, [facts(member) for member in value]]
    if isinstance(value, dict):
        return [dict, [(name, facts(member)) for name, member in value.items()]]
    return [type(value), repr(value)]


async def collected(stream: AsyncIterator[Any]) -> list[Any]:
    """The facts of each event, and last the error, if one came."""
    events: list[Any] = []
    try:
        async for event in stream:
            events.append(facts(event))
    except Exception as error:  # noqa: BLE001 - the same must come from both
        events.append((type(error), str(error)))
    return events


async def opened(client: AsyncOpenAI, api: str) -> Any:
    create: Any = client.responses.create if api == "responses" else client.chat.completions.create
    asked = {"input": "hi"} if api == "responses" else {"messages": []}
    return await create(model="m", stream=True, **asked)


@asynccontextmanager
async def playing(body: bytes, size: int = 1 << 20) -> AsyncGenerator[str]:
    """A host that answers every request with these bytes, so many in a chunk; gives its base URL."""

    async def answer(request: Request) -> Response:
        async def chunks() -> AsyncIterator[bytes]:
            for at in range(0, len(body), size):
                yield body[at : at + size]

        return StreamingResponse(chunks(), media_type="text/event-stream", headers={"x-request-id": "req_7"})

    async with serving(Starlette(routes=[Route("/v1/{path:path}", answer, methods=["POST"])])) as url:
        yield f"{url}/v1"


@asynccontextmanager
async def both(base_url: str) -> AsyncGenerator[tuple[AsyncOpenAI, AsyncOpenAI]]:
    options: dict[str, Any] = {"api_key": "k", "base_url": base_url, "max_retries": 0}
    async with AsyncOpenAI(**options) as theirs, ModelClient(**options) as ours:
        yield theirs, ours


# Equal to the SDK's


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("name", NAMES)
async def test_a_stream_gives_every_event_and_error_that_the_sdks_gives(name: str, ends: str) -> None:
    api = name.split(".")[0]
    async with playing(read(name, ends), 700) as url, both(url) as (theirs, ours):
        expected = await collected(await opened(theirs, api))
        assert expected
        assert await collected(await opened(ours, api)) == expected


def payloads(name: str) -> list[Any]:
    """The JSON of a stream's events, as Python's own parser has it."""
    found: list[Any] = []
    for event in SSEDecoder().iter_bytes(iter([read(name)])):
        try:
            found.append(event.json())
        except ValueError:
            continue
    return found


def made(client: AsyncOpenAI, api: str, data: Any) -> Any:
    """The facts of what a client makes of an event's JSON, or of the error."""
    process: Any = client._process_response_data  # pyright: ignore[reportPrivateUsage]
    try:
        return facts(process(data=copy.deepcopy(data), cast_to=MADE_OF[api], response=None))
    except Exception as error:  # noqa: BLE001 - the same must come from both
        return type(error)


@pytest.mark.parametrize("name", NAMES)
async def test_each_event_is_what_the_sdk_makes_of_it(name: str) -> None:
    api = name.split(".")[0]
    theirs, ours = AsyncOpenAI(api_key="k"), ModelClient(api_key="k")
    events = payloads(name)
    assert events
    for data in events:
        assert made(ours, api, data) == made(theirs, api, data), data


VALUES = st.sampled_from([None, 0, -1, 1.5, True, "", "x", [], {}, [None], {"a": 1}, 2**70, ["x"], [{}], "response.x"])
EVENTS = [(name.split(".")[0], data) for name in NAMES for data in payloads(name) if isinstance(data, dict)]


def places(data: Any) -> list[tuple[Any, Any]]:
    """Every object and list in the JSON with each of its keys."""
    here = list(data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ())
    return [*((data, key) for key, _ in here), *(place for _, member in here for place in places(member))]


@settings(deadline=None)
@given(st.sampled_from(EVENTS), st.data())
def test_an_event_with_anything_in_any_place_is_what_the_sdk_makes_of_it(event: tuple[str, Any], draws: Any) -> None:
    api, data = event[0], copy.deepcopy(event[1])
    for _ in range(draws.draw(st.integers(1, 3))):
        if where := places(data):
            holder, key = draws.draw(st.sampled_from(range(len(where))).map(where.__getitem__))
            match draws.draw(st.sampled_from(["replace", "remove", "add"])):
                case "replace":
                    holder[key] = copy.deepcopy(draws.draw(VALUES))
                case "remove":
                    del holder[key]
                case _ if isinstance(holder, dict):
                    holder["new"] = copy.deepcopy(draws.draw(VALUES))
                case _:
                    holder.append(copy.deepcopy(draws.draw(VALUES)))
    assert made(ModelClient(api_key="k"), api, data) == made(AsyncOpenAI(api_key="k"), api, data)


PIECES = [
    b"data: ",
    b"data:",
    b"event: a",
    b"event:",
    b"id: 1",
    b"retry: 3",
    b":c",
    b"\n",
    b"\n\n",
    b"\r\n",
    b"\r",
    b"x",
]
PIECES += [
    b'{"a": 1}',
    b"\r\n\r\n",
    "é🙂".encode(),
    b"\xff",
    b"data",
    b"\n\ndata: 1\n\n",
    b"\r\n\r\ndata: 2\r\n\r\n",
    b"",
]


def decoded(decoder: SSEDecoder, chunks: list[bytes]) -> list[Any]:
    seen: list[Any] = []
    try:
        for event in decoder.iter_bytes(iter(chunks)):
            seen.append((event.event, event.data, event.id, event.retry))
    except UnicodeDecodeError:
        seen.append("not UTF-8")
    return seen


async def decoded_in_time(decoder: SSEDecoder, chunks: list[bytes]) -> list[int]:
    """How many events were there before each chunk was asked for."""
    count, before = 0, []

    async def asked_for() -> AsyncIterator[bytes]:
        for chunk in chunks:
            before.append(count)
            yield chunk

    async for _ in decoder.aiter_bytes(asked_for()):
        count += 1
    return [*before, count]


@settings(deadline=None)
@example([b"data: ", b"\r", b"\r\n\r\ndata: 2\r\n\r\n"], [])
@given(st.lists(st.sampled_from(PIECES), max_size=30), st.lists(st.integers(0, 100), max_size=8))
def test_any_bytes_in_any_chunks_are_the_events_that_the_sdk_finds(pieces: list[bytes], cuts: list[int]) -> None:
    whole = b"".join(pieces)
    at = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    chunks = [whole[start:end] for start, end in itertools.pairwise(at)]
    assert decoded(FrameDecoder(), chunks) == decoded(SSEDecoder(), chunks)


@pytest.mark.parametrize("ends", ["lf", "crlf"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
async def test_no_event_waits_for_the_next_chunk(ends: str, size: int) -> None:
    body = read("responses.text", ends)
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    ours = await decoded_in_time(FrameDecoder(), chunks)
    theirs = await decoded_in_time(SSEDecoder(), chunks)
    # The SDK ends an event with the CR of its last CRLF; when that is cut in two, this decoder does with the LF.
    allowed = 1 if ends == "crlf" else 0
    assert all(0 <= their - our <= allowed for our, their in zip(ours, theirs, strict=True))
    assert ours[-1] == theirs[-1] > 10


def numbers() -> st.SearchStrategy[Any]:
    return st.floats(allow_nan=False) | st.integers() | st.integers(-(2**80), 2**80)


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | numbers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_is_read_as_pythons_own_parser_reads_it(value: Any) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        assert facts(Frame(text, None).json()) == facts(json.loads(text))


async def test_strict_validation_of_responses_stays_strict() -> None:
    body = read("chat_completions.odd")
    options: dict[str, Any] = {"api_key": "k", "_strict_response_validation": True, "max_retries": 0}
    async with playing(body) as url:
        seen = [
            await collected(await opened(kind(base_url=url, **options), "chat_completions"))
            for kind in (AsyncOpenAI, ModelClient)
        ]
    assert seen[0] == seen[1]
    assert seen[1][-1][0] is APIResponseValidationError


# The short way is taken


def counting(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the SDK makes events of by itself from now on."""
    seen: list[Any] = []
    sdk: Any = AsyncOpenAI._process_response_data  # pyright: ignore[reportPrivateUsage]

    @wraps(sdk)
    def process(self: Any, *, data: Any, cast_to: Any, response: Any) -> Any:
        seen.append(data)
        return sdk(self, data=data, cast_to=cast_to, response=response)

    monkeypatch.setattr(AsyncOpenAI, "_process_response_data", process)
    return seen


@pytest.mark.parametrize("name", ["responses.text", "responses.reasoning", "responses.tools", "responses.logprobs"])
async def test_the_sdk_is_not_asked_for_deltas_of_responses(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with playing(read(name)) as url, both(url) as (_, ours):
        await collected(await opened(ours, "responses"))
        by_sdk = counting(monkeypatch)
        await collected(await opened(ours, "responses"))
    # A whole number as a logarithm is not what the class says: validation makes it a float.
    deltas = [data for data in by_sdk if data["type"].endswith(".delta") and data["delta"] != "whole number"]
    assert by_sdk
    assert deltas == []


@pytest.mark.parametrize("name", ["openai", "openai_tools", "vllm", "ollama", "openrouter", "llama_cpp", "anthropic"])
async def test_the_sdk_is_not_asked_for_chunks_of_chat_completions(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with playing(read(f"chat_completions.{name}")) as url, both(url) as (_, ours):
        await collected(await opened(ours, "chat_completions"))
        by_sdk = counting(monkeypatch)
        events = await collected(await opened(ours, "chat_completions"))
    assert len(events) > 2
    assert [data for data in by_sdk if any(choice["delta"] for choice in data["choices"])] == []


# When the SDK has changed


def changed_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    sdk: Any = AsyncOpenAI._process_response_data  # pyright: ignore[reportPrivateUsage]

    def process(self: Any, *, data: Any, cast_to: Any, response: Any, options: Any = None) -> Any:
        return sdk(self, data=data, cast_to=cast_to, response=response)

    monkeypatch.setattr(AsyncOpenAI, "_process_response_data", process)


def changed_decoder_method(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AsyncOpenAI, "_make_sse_decoder", lambda self, response=None: SSEDecoder())


def changed_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    sdk = SSEDecoder.decode

    def decode(self: SSEDecoder, line: str) -> Any:
        return sdk(self, line.replace("data:2", 'data:{"more": 1}').replace("é", "e"))

    monkeypatch.setattr(SSEDecoder, "decode", decode)


def changed_events(monkeypatch: pytest.MonkeyPatch) -> None:
    sdk: Any = AsyncOpenAI._process_response_data  # pyright: ignore[reportPrivateUsage]

    @wraps(sdk)
    def process(self: Any, *, data: Any, cast_to: Any, response: Any) -> Any:
        event = sdk(self, data=data, cast_to=cast_to, response=response)
        event.__pydantic_extra__["received"] = "today"
        return event

    monkeypatch.setattr(AsyncOpenAI, "_process_response_data", process)


def gone_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "chatkit.adapters.openai_agents.frames", None)


def changed_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ResponseTextDeltaEvent.model_fields["delta"], "alias", "text")
    monkeypatch.setattr(ChatCompletionChunk.model_fields["choices"], "alias", "options")


CHANGES: list[Callable[[pytest.MonkeyPatch], None]] = [
    changed_parameters,
    changed_decoder_method,
    changed_decoding,
    changed_events,
    gone_decoder,
    changed_classes,
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", ["responses.text", "chat_completions.openai"])
async def test_the_sdks_own_way_is_taken_when_the_sdk_has_changed_and_the_log_says_so_once(
    change: Callable[[pytest.MonkeyPatch], None],
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    change(monkeypatch)
    caplog.set_level(logging.WARNING, logger="chatkit")
    api = name.split(".")[0]
    async with playing(read(name)) as url, both(url) as (theirs, ours):
        expected = await collected(await opened(theirs, api))
        for client in (ours, ours.with_options(max_retries=1), ours):
            assert await collected(await opened(client, api)) == expected
    assert len(expected) > 10
    assert len([record for record in caplog.records if "not as this package knows it" in record.getMessage()]) == 1


async def test_with_the_sdk_as_it_is_the_log_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    for name in ("responses.text", "chat_completions.openai"):
        async with playing(read(name)) as url, both(url) as (_, ours):
            await collected(await opened(ours, name.split(".")[0]))
    assert caplog.records == []


# All else is the SDK's


def test_the_clients_are_the_sdks_with_the_same_arguments() -> None:
    azure = AzureModelClient(api_key="k", azure_endpoint="https://x.openai.azure.com", api_version="2025-04-01")
    assert isinstance(azure, AsyncAzureOpenAI)
    assert isinstance(azure.with_options(timeout=1), AzureModelClient)
    assert isinstance(ModelClient(api_key="k").copy(), ModelClient)
    assert inspect.signature(ModelClient.__init__) == inspect.signature(AsyncOpenAI.__init__)
    assert inspect.signature(AzureModelClient.__init__) == inspect.signature(AsyncAzureOpenAI.__init__)
    assert ModelClient(api_key="k").user_agent == AsyncOpenAI(api_key="k").user_agent
    assert azure.user_agent.startswith("AsyncAzureOpenAI/")


async def test_a_failed_request_is_tried_again_and_a_silent_host_times_out_as_with_the_sdk() -> None:
    asked: list[str] = []

    async def answer(request: Request) -> Response:
        asked.append(request.headers["user-agent"])
        if len(asked) % 2:
            return JSONResponse({"error": {"message": "Busy."}}, status_code=503, headers={"retry-after-ms": "1"})

        async def silent() -> AsyncIterator[bytes]:
            yield read("chat_completions.openai")[:300]
            await asyncio.Event().wait()

        return StreamingResponse(silent(), media_type="text/event-stream")

    seen: list[list[Any]] = []
    async with serving(Starlette(routes=[Route("/v1/{path:path}", answer, methods=["POST"])])) as url:
        for kind in (AsyncOpenAI, ModelClient):
            async with kind(api_key="k", base_url=f"{url}/v1", timeout=0.5, max_retries=1) as client:
                seen.append(await collected(await opened(client, "chat_completions")))
    assert seen[0] == seen[1]
    assert "Timeout" in seen[1][-1][0].__name__
    assert len(asked) == 4
    assert len(set(asked)) == 1


async def test_a_closed_stream_lets_the_host_go() -> None:
    left = asyncio.Event()

    async def answer(request: Request) -> Response:
        async def endless() -> AsyncIterator[bytes]:
            try:
                yield read("responses.text")[:2500]
                await asyncio.Event().wait()
            finally:
                left.set()

        return StreamingResponse(endless(), media_type="text/event-stream", headers={"x-request-id": "req_7"})

    async with serving(Starlette(routes=[Route("/v1/{path:path}", answer, methods=["POST"])])) as url:
        stream = await opened(ModelClient(api_key="k", base_url=f"{url}/v1"), "responses")
        assert (await anext(stream)).type == "response.created"
        assert stream.response.headers["x-request-id"] == "req_7"
        await stream.close()
        await asyncio.wait_for(left.wait(), 10)


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
async def test_a_run_of_the_agents_sdk_reports_the_same(api: str) -> None:
    name = "responses.text" if api == "responses" else "chat_completions.openai"
    model: Any = OpenAIResponsesModel if api == "responses" else OpenAIChatCompletionsModel
    async with playing(read(name)) as url, both(url) as clients:
        reports: list[Any] = []
        for client in clients:
            agent = Agent(name="a", model=model(model="m", openai_client=client))
            run = Runner.run_streamed(agent, "hi", run_config=RunConfig(tracing_disabled=True))
            events = [event async for event in run.stream_events()]
            raw = [event.data for event in events if event.type == "raw_response_event"]
            deltas = [facts(data) for data in raw if data.type.endswith(".delta")]
            reports.append(([event.type for event in events], [data.type for data in raw], deltas, run.final_output))
            named = getattr(run.raw_responses[0], "request_id", "req_7")  # older SDKs do not tell
            assert named == "req_7" or api == "chat_completions"
    assert reports[0] == reports[1]
    assert len(reports[1][2]) > 5


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
async def test_the_models_that_the_server_makes_have_it(
    api: str, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "responses.text" if api == "responses" else "chat_completions.openai"
    async with playing(read(name)) as url:
        values: dict[str, Any] = {"model": "m", "model_base_url": url, "model_api_key": "k", "model_api": api}
        provider = SettingsModelProvider(AgentSettings(**values))
        client = client_for(Agent(name="a"), models=provider)
        await ask(client, "hi")
        by_sdk = counting(monkeypatch)
        await ask(client, "again")
        stored = texts(await items_of(client))
    assert stored[0].startswith("Hello, wörld")
    assert [
        data for data in by_sdk if "delta" in data or any(choice["delta"] for choice in data.get("choices", ()))
    ] == []


def test_azures_models_have_it() -> None:
    settings = AgentSettings(
        azure_endpoint="https://x.openai.azure.com", model="d", azure_api_version="2025-04-01", model_api_key="k"
    )
    model: Any = SettingsModelProvider(settings).get_model(None)
    assert isinstance(model._get_client(), AzureModelClient)
