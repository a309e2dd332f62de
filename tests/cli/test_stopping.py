"""`chatkit serve`, told to stop: answers get their time, whoever can go elsewhere does so at once."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tests.cli.conftest import PATIENCE, Cli
from tests.support.live_client import until
from tests.support.runs import Frames, said
from tests.support.socket_client import Answer, connected

SLOW = '''
"""Says a word, and the rest when a file called `go` is there."""

import asyncio
import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from chatkit.http import ChatKit
from chatkit.server import ChatKitServer
from chatkit.stores import SQLStore
from chatkit.types import ThreadItemAddedEvent, ThreadItemDoneEvent
from tests.support.runs import delta, message


class Slow(ChatKitServer):
    async def respond(self, thread, input_user_message, context):
        item_id = self.store.generate_item_id("message", thread, context)
        yield ThreadItemAddedEvent(item=message(thread, item_id))
        yield delta(item_id, "One ")
        while not Path("go").exists():
            await asyncio.sleep(0.01)
        yield delta(item_id, "two.")
        yield ThreadItemDoneEvent(item=message(thread, item_id, "One two."))


def mounted():
    """One that has it mounted, and says which process it is."""
    chat = ChatKit(Slow(SQLStore("sqlite+aiosqlite:///shared.sqlite3")))
    pid = Route("/pid", lambda request: PlainTextResponse(str(os.getpid())))
    return Starlette(routes=[pid, Mount("/", chat)], lifespan=lambda _: chat.lifespan())
'''

KEY = "0123456789" * 4


class Serving:
    """A process that serves, and a visitor of it."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process = process
        self.url = url
        self.cookies = httpx.Cookies()

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, cookies=self.cookies, timeout=PATIENCE)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    async def ended(self) -> int:
        """The exit status. There is no traceback."""
        _, err = await asyncio.wait_for(self.process.communicate(), PATIENCE)
        assert "Traceback" not in err.decode(), err.decode()
        assert self.process.returncode is not None
        return self.process.returncode


Serve = Callable[..., Any]


@pytest.fixture
def serve(cli: Cli) -> Serve:
    (cli.folder / "slow.py").write_text(SLOW)

    @asynccontextmanager
    async def serving(*arguments: str, **environment: str) -> AsyncIterator[Serving]:
        process = await cli.start(
            "serve", *arguments, "--port", "0", CHATKIT_SECRET_KEY="0123456789" * 4, **environment
        )
        assert process.stdout is not None
        try:
            line = (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode()
            found = re.search(r"http://\S+", line)
            assert found is not None
            serving = Serving(process, found[0])
            async with serving.client() as http:
                async with asyncio.timeout(PATIENCE):
                    while True:
                        try:
                            serving.cookies.update((await http.get("/")).cookies)
                        except httpx.TransportError:
                            await asyncio.sleep(0.02)
                        else:
                            break
            yield serving
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)  # it ends its worker processes, which would outlive a kill
                await asyncio.wait_for(process.communicate(), PATIENCE)

    return serving


def body(operation: str, /, **params: Any) -> dict[str, Any]:
    return {"type": operation, "params": params, "extensions": ["runs"]}


async def stream(http: httpx.AsyncClient, heard: Frames, operation: str, /, **params: Any) -> None:
    """Hears until the stream ends in good order."""
    async with http.stream("POST", "/chatkit", json=body(operation, **params)) as answer:
        assert answer.status_code == 200
        async for data in answer.aiter_bytes():
            heard.feed(data)


async def items(serving: Serving, thread_id: str) -> list[tuple[str, str | None]]:
    async with serving.client() as http:
        page = (await http.post("/chatkit", json=body("items.list", thread_id=thread_id))).json()
    said = [item for item in page["data"] if item["type"] == "assistant_message"]
    return [(item["content"][0]["text"], item.get("status")) for item in said]


async def begun(http: httpx.AsyncClient) -> tuple[asyncio.Task[None], Frames]:
    """A turn that has said its first word."""
    heard = Frames()
    turn = asyncio.create_task(stream(http, heard, "threads.create", input=said("Hello")))
    await until(lambda: turn.done() or "thread.item.updated" in heard.types)
    return turn, heard


def thread_of(heard: Frames) -> str:
    return heard.of("thread.created")["thread"]["id"]


@pytest.mark.parametrize("target", ["slow:Slow", "slow:mounted"])
async def test_an_answer_is_finished_and_nothing_else_is_waited_for(cli: Cli, serve: Serve, target: str) -> None:
    async with serve(target) as serving, serving.client() as http, serving.client() as other:
        told = Frames()
        watching = asyncio.create_task(stream(other, told, "threads.watch"))
        await until(lambda: "watch.opened" in told.types)
        turn, heard = await begun(http)
        serving.stop()
        await asyncio.wait_for(watching, PATIENCE)  # it is told to go elsewhere while the answer goes on
        assert not turn.done()
        with pytest.raises((httpx.TransportError, httpx.HTTPStatusError)):
            refused = await http.post("/chatkit", json=body("threads.create", input=said("More")))
            assert refused.status_code == 503
            refused.raise_for_status()
        (cli.folder / "go").touch()
        async with asyncio.timeout(5):  # the stream ends with its last frame, not at the next heartbeat
            await turn
            assert heard.of("run.ended")["outcome"] == "completed"
            assert await serving.ended() == 0
    async with serve(target) as again:
        again.cookies = serving.cookies
        assert await items(again, thread_of(heard)) == [("One two.", None)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_an_answer_that_takes_too_long_is_told_that_it_was_interrupted(serve: Serve, number: int) -> None:
    async with serve("slow:Slow", CHATKIT_SHUTDOWN_SECONDS="1") as serving, serving.client() as http:
        turn, heard = await begun(http)
        serving.process.send_signal(number)
        await asyncio.wait_for(turn, PATIENCE)
        assert heard.of("run.ended")["outcome"] == "interrupted"
        async with asyncio.timeout(5):
            assert await serving.ended() == 0
    async with serve("slow:Slow") as again:
        again.cookies = serving.cookies
        assert await items(again, thread_of(heard)) == [("One ", "incomplete")]


async def test_processes_follow_each_others_runs_and_stop_as_one_does(cli: Cli, serve: Serve) -> None:
    async with serve("slow:mounted", "--workers", "2") as serving, serving.client() as http:
        first = (await http.get("/pid")).text
        turn, heard = await begun(http)
        other = await at_another(serving, first)
        followed = Frames()
        resume = {"thread_id": thread_of(heard), "run_id": heard.run_id}
        following = asyncio.create_task(stream(other, followed, "threads.resume", **resume))
        await until(lambda: "thread.item.updated" in followed.types)
        serving.stop()
        await asyncio.wait_for(following, PATIENCE)
        assert "run.ended" not in followed.types
        assert not turn.done()
        (cli.folder / "go").touch()
        await asyncio.wait_for(turn, PATIENCE)
        await other.aclose()
        assert heard.of("run.ended")["outcome"] == "completed"
        assert await serving.ended() == 0


async def test_a_run_of_one_process_is_followed_to_its_end_on_another(cli: Cli, serve: Serve) -> None:
    async with serve("slow:mounted", "--workers", "2") as serving, serving.client() as http:
        first = (await http.get("/pid")).text
        turn, heard = await begun(http)
        other = await at_another(serving, first)
        followed = Frames()
        following = asyncio.create_task(stream(other, followed, "threads.resume", thread_id=thread_of(heard)))
        await until(lambda: "thread.item.updated" in followed.types)
        (cli.folder / "go").touch()
        await asyncio.wait_for(asyncio.gather(turn, following), PATIENCE)
        await other.aclose()
        assert followed.of("run.ended")["outcome"] == "completed"
        assert await items(serving, thread_of(heard)) == [("One two.", None)]


async def at_another(serving: Serving, pid: str) -> httpx.AsyncClient:
    """A client whose connection is another process's: it stays the same as long as nothing else is asked meanwhile."""
    async with asyncio.timeout(PATIENCE):
        while True:
            client = serving.client()
            if (await client.get("/pid")).text != pid:
                return client
            await client.aclose()


@pytest.mark.parametrize("seconds", [20, 1])
async def test_a_stop_closes_sockets_and_their_answers_get_their_time(cli: Cli, serve: Serve, seconds: int) -> None:
    """Also those that nobody can come back to, of a client that does not ask for runs."""
    given = {"CHATKIT_WEBSOCKET": "true", "CHATKIT_SHUTDOWN_SECONDS": str(seconds)}
    async with serve("slow:Slow", **given) as serving:
        async with connected(serving.url, cookie=cookies(serving)) as client:
            turns = [await client.begin("threads.create", runs=runs, input=said("Hello")) for runs in (True, False)]
            for turn in turns:
                await turn.until(lambda answer: "thread.item.updated" in answer.types)
            serving.stop()
            await asyncio.wait_for(client.closed.wait(), PATIENCE)
            assert client.connection.close_code == 1012
        if seconds > 1:
            (cli.folder / "go").touch()
        async with asyncio.timeout(10):
            assert await serving.ended() == 0
    async with serve("slow:Slow", **given) as again:
        again.cookies = serving.cookies
        expected = ("One two.", None) if seconds > 1 else ("One ", "incomplete")
        assert [await items(again, thread_in(turn)) for turn in turns] == [[expected], [expected]]


def cookies(serving: Serving) -> str:
    return "; ".join(f"{name}={value}" for name, value in serving.cookies.items())


def thread_in(answer: Answer) -> str:
    return answer.of("thread.created")["thread"]["id"]
