"""A question outlives the page, the server's object, its process and its sudden death."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chatkit.stores import SQLStore
from chatkit.types import NoticeEvent
from tests.approvals.chat import CALL, Chat, buttons, needs_approvals, words
from tests.approvals.dying import POINTS
from tests.support.postgres import PostgresServer

pytestmark = needs_approvals

UNKNOWN = "You approved this, but there is no answer: it is not known whether it was done."


class Database:
    """A database that is opened anew for each server."""

    def __init__(self, url: str, schema: str | None) -> None:
        self.url, self.schema = url, schema
        self.opened: list[SQLStore[Any]] = []

    def open(self) -> SQLStore[Any]:
        self.opened.append(SQLStore(self.url, schema_name=self.schema))
        return self.opened[-1]

    async def close(self) -> None:
        while self.opened:
            await self.opened.pop().close()


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        database = Database(request.getfixturevalue("sqlite_url"), None)
    else:
        schema = await asyncio.to_thread(request.getfixturevalue, "postgres_schema")
        server: PostgresServer = request.getfixturevalue("postgres")
        database = Database(server.url, schema)
    yield database
    await database.close()


@pytest.mark.parametrize(("decision", "sent"), [("approve", ["Eve"]), ("reject", [])])
async def test_a_question_is_decided_after_a_restart(database: Database, decision: str, sent: list[str]) -> None:
    before = Chat("Hello.", CALL, store=database.open())
    await before.say("hi")
    await before.say("write")
    await database.close()
    after = Chat("So it is.", store=database.open(), thread_id=before.thread_id)
    await after.click(decision)
    assert (before.sent, after.sent) == ([], sent)
    assert await after.answers() == ["Hello.", "So it is."]
    assert after.calls() == ["call_1"]


async def test_of_decisions_in_several_servers_at_once_one_counts(database: Database) -> None:
    first = Chat(CALL, store=database.open())
    await first.say("write")
    (card,) = await first.cards()
    servers = [Chat("Sent.", store=database.open(), thread_id=first.thread_id) for _ in range(4)]
    events = await asyncio.gather(*(chat.press(card, "approve") for chat in servers))
    assert [name for chat in servers for name in chat.sent] == ["Eve"]
    assert sum(isinstance(event, NoticeEvent) for one in events for event in one) == 3
    assert await first.answers() == ["Sent."]


@pytest.mark.parametrize("point", POINTS)
async def test_a_server_that_is_killed_makes_the_call_at_most_once(
    database: Database, point: str, tmp_path: Path
) -> None:
    chat = Chat(CALL, store=database.open())
    await chat.say("write")
    (asked,) = await chat.cards()
    effects = tmp_path / "effects"
    effects.touch()
    command = [sys.executable, "-m", "tests.approvals.dying", database.url, database.schema or "", chat.thread_id]
    killed = await asyncio.to_thread(
        subprocess.run, [*command, point, str(effects)], capture_output=True, text=True, timeout=60, check=False
    )
    assert killed.returncode == -9, killed.stderr
    await database.close()

    after = Chat("I see.", "And on.", store=database.open(), thread_id=chat.thread_id)
    (card,) = await after.cards()
    if point == "before the decision":
        await after.press(card, "approve")
        assert (after.sent, await after.answers()) == (["Eve"], ["I see."])
        return
    assert buttons(card) == {}  # seen by whoever loads the thread, without a turn in between
    assert UNKNOWN in words(card)
    assert any(isinstance(event, NoticeEvent) for event in await after.press(asked, "approve"))
    await after.say("well?")
    assert "not known" in after.outputs()["call_1"]
    assert any(isinstance(event, NoticeEvent) for event in await after.press(asked, "approve"))
    assert after.sent == []
    assert effects.read_text() == ("Eve\n" if point.startswith("after the effect") or "answer" in point else "")
    assert (await after.answers())[-1] == "I see."
    assert [record.status for record in await after.records()] == ["over"]
