"""What long threads cost, in counts that are the same on every machine: rows, nodes, styles looked at."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenWith

FAKE_SERVER = """
(count) => {
    const created_at = '2026-01-01T00:00:00Z', thread_id = 'thr_long';
    const answer = (at) => `Answer **${at}**\\n\\n- a list\\n- of things`;
    const item = (at) => at % 2 === 0
        ? { type: 'user_message', content: [{ type: 'input_text', text: `Question ${at}` }], inference_options: {} }
        : { type: 'assistant_message', content: [{ type: 'output_text', text: answer(at) }] };
    const data = Array.from({ length: count }, (_, at) => ({ id: `msg_${at}`, thread_id, created_at, ...item(at) }));
    const status = { type: 'active' };
    const thread = { id: thread_id, created_at, status, metadata: {}, items: { data, has_more: false } };
    window.asked = [];
    window.fakeFetch = async (_url, { body }) => {
        const { type } = JSON.parse(body);
        asked.push(type);
        return Response.json(type === 'threads.get_by_id' ? thread : { data: [], has_more: false });
    };
}
"""
ROWS = "probe.all('.rows > .row').length"
NODES = "probe.all('.rows *').length"


@pytest.fixture
def open_thread(open_with: OpenWith) -> Any:
    """Opens a thread that has all its messages at once, and waits until all rows are there that will be."""

    async def opened(count: int, rows: int) -> Chat:
        chat = await open_with()
        await chat.page.evaluate(FAKE_SERVER, count)
        await chat.options("api: { url: '/chatkit', fetch: window.fakeFetch }")
        await chat.element.evaluate("(element) => element.setThreadId('thr_long')")
        await chat.until(f"{ROWS} >= {rows}")
        return chat

    return opened


@pytest.mark.parametrize("count", [1_000, 10_000])
async def test_rows_are_bounded_and_those_far_away_are_a_few_nodes(open_thread: Any, count: int) -> None:
    chat = await open_thread(count, rows=400)
    await chat.frames()
    assert await chat.page.evaluate(ROWS) == 400
    # Found on 2026-11-20: 1,800, the whole messages near the end among them.
    assert await chat.page.evaluate(NODES) < 2_600
    assert await chat.page.evaluate("asked") == ["threads.get_by_id"]


async def test_a_message_far_away_has_its_words_and_is_built_when_the_view_comes_near(open_thread: Any) -> None:
    chat = await open_thread(400, rows=400)
    first = chat.answers.first
    await expect(first).to_contain_text("Answer 1")
    await expect(first.get_by_role("listitem")).to_have_count(0)
    await first.evaluate("(node) => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
    await expect(first.get_by_role("listitem")).to_have_count(2)
    await expect(first.locator("strong")).to_have_text("1")


async def test_a_row_that_comes_has_no_other_row_styled_anew(open_thread: Any) -> None:
    chat = await open_thread(400, rows=400)
    await chat.frames()
    session: Any = await chat.page.context.new_cdp_session(chat.page)
    seen: list[dict[str, Any]] = []
    done = asyncio.Event()
    session.on("Tracing.dataCollected", lambda event: seen.extend(event["value"]))
    session.on("Tracing.tracingComplete", lambda _: done.set())
    await session.send("Tracing.start", {"categories": "devtools.timeline", "transferMode": "ReportEvents"})
    await chat.page.evaluate(
        """async () => {
            const row = document.createElement('div');
            row.className = 'row';
            row.textContent = 'A row';
            probe.find('.rows').prepend(row);
            await probe.frames(2);
        }"""
    )
    await session.send("Tracing.end")
    await done.wait()
    styled = [event["args"]["elementCount"] for event in seen if event["name"] == "UpdateLayoutTree"]
    assert sum(styled) >= 1
    assert sum(styled) < 40
