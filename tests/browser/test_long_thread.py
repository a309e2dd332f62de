"""A thread of ten thousand messages: few of them are in the page, and the view stands still when rows come or go."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenWith

COUNT = 10_000
MOST = 481
"""Rows in the page: what is kept, and what has just come."""

SERVER = """
([count, size]) => {
    const created_at = '2026-01-01T00:00:00Z', thread_id = 'thr_long';
    const answer = (at) => `Answer **${at}**\\n\\n` + '- one of the things to know\\n'.repeat(1 + at % 7);
    const item = (at) => at % 2 === 0
        ? { type: 'user_message', content: [{ type: 'input_text', text: `Question ${at}` }], inference_options: {} }
        : { type: 'assistant_message', content: [{ type: 'output_text', text: answer(at) }] };
    const all = Array.from({ length: count }, (_, at) => ({ id: `msg_${at}`, thread_id, created_at, ...item(at) }));
    const status = { type: 'active' };
    const thread = { id: thread_id, created_at, status, metadata: {} };
    const page = (after) => {
        const end = after === undefined ? count : all.findIndex(({ id }) => id === after);
        const data = all.slice(Math.max(0, end - size), end).reverse();
        return { data, has_more: end > size, after: data.at(-1)?.id ?? null };
    };
    const encoder = new TextEncoder();
    const stream = () => new ReadableStream({
        start(controller) {
            const base = { thread_id, created_at };
            const send = (event) => controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\\n\\n`));
            const update = (update) => send({ type: 'thread.item.updated', item_id: 'msg_answer', update });
            const content = { type: 'output_text', text: '', annotations: [] };
            const question = { ...base, id: 'msg_question', type: 'user_message', ...item(0) };
            send({ type: 'thread.item.done', item: question });
            const answer = { ...base, id: 'msg_answer', type: 'assistant_message', content: [] };
            send({ type: 'thread.item.added', item: answer });
            const kind = 'assistant_message.content_part';
            const part = (name, change) => update({ type: `${kind}.${name}`, content_index: 0, ...change });
            part('added', { content });
            let said = '';
            window.say = (delta) => {
                said += delta;
                part('text_delta', { delta });
            };
            window.warn = (message) => send({ type: 'notice', level: 'warning', message });
            window.end = () => {
                send({ type: 'thread.item.done', item: { ...answer, content: [{ ...content, text: said }] } });
                controller.close();
            };
        },
    });
    window.fakeFetch = async (_url, { body }) => {
        const { type, params } = JSON.parse(body);
        if (type === 'items.list') return Response.json(page(params.after));
        const headers = { 'Content-Type': 'text/event-stream' };
        if (type !== 'threads.get_by_id') return new Response(stream(), { headers });
        const has_more = count > size;
        return Response.json({ ...thread, items: { data: all.slice(0, size), has_more } });
    };

    /** Numbers of the messages in the page, from top to bottom. */
    window.numbers = () => probe.all('.rows > .row').map(({ dataset }) => Number(dataset.item.slice(4)));

    /**
     * Scrolls by so many pixels and then watches the view until nothing comes or goes any more. Gives by how much
     * it moved meanwhile, the most rows that there were, and what is in the page now.
     */
    window.step = async (pixels) => {
        const log = probe.find('[role=log]');
        // What tells a reader from rows that take their height.
        log.dispatchEvent(new WheelEvent('wheel'));
        log.scrollTop += pixels;
        const { top, bottom } = log.getBoundingClientRect();
        // A row that is cut off may grow at either side: something in the view has to stand still.
        const marks = probe.all('.rows > .row, .rows .ck-md > *')
            .map((node) => ({ node, at: node.getBoundingClientRect().top }))
            .filter(({ at }) => at >= top && at < bottom);
        const drift = () => Math.min(...marks.filter(({ node }) => node.isConnected)
            .map(({ node, at }) => Math.abs(node.getBoundingClientRect().top - at)));
        // There the newest row is what stays in its place.
        const ends = numbers().at(-1) === count - 1 && log.scrollHeight - log.scrollTop - log.clientHeight < 100;
        let moved = 0, most = 0, calm = 0, last = '';
        while (calm < 4) {
            await probe.frames(1);
            const now = numbers();
            most = Math.max(most, now.length);
            moved = Math.max(moved, drift());
            const loading = probe.find('.older .spinner') !== null;
            const state = `${now[0]} ${now.at(-1)} ${loading} ${log.scrollHeight}`;
            calm = state === last ? calm + 1 : 0;
            last = state;
        }
        return { moved: ends ? 0 : moved, most, numbers: numbers() };
    };
}
"""


@pytest.fixture
def open_long(open_with: OpenWith) -> Any:
    """Opens the thread, of which the server gives so many messages at a time."""

    async def opened(size: int, count: int = COUNT) -> Chat:
        chat = await open_with(reduced_motion="reduce")
        await chat.page.evaluate(SERVER, [count, size])
        await chat.options("api: { url: '/chatkit', fetch: window.fakeFetch }")
        await chat.element.evaluate("(element) => element.setThreadId('thr_long')")
        await expect(chat.said.last).to_have_text(f"Question {count - 2}")
        await chat.until(f"numbers().length >= {min(400, size)}")
        await chat.frames()
        return chat

    return opened


async def walk(chat: Chat, pixels: int, *, until: str) -> None:
    """Scrolls step by step until a JavaScript condition holds; everything has to be right after each."""
    for _ in range(1_000):
        found = await chat.page.evaluate(f"step({pixels})")
        assert found["moved"] < 2
        assert found["most"] <= MOST
        numbers = found["numbers"]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        if await chat.page.evaluate(until):
            return
    raise AssertionError(f"never: {until}")


async def leap(chat: Chat, *, until: str) -> None:
    """Goes up in leaps until a JavaScript condition holds."""
    for _ in range(60):
        await chat.page.evaluate("step(-20000)")
        if await chat.page.evaluate(until):
            return
    raise AssertionError(f"never: {until}")


async def jump_to_latest(chat: Chat) -> None:
    await chat.page.get_by_role("button", name="Jump to the latest message").click()
    await expect(chat.said.last).to_have_text(f"Question {COUNT - 2}")
    await expect(chat.answers.last).to_be_in_viewport()
    assert await chat.page.evaluate("numbers().length") <= MOST


async def test_pages_that_are_loaded_push_the_newest_rows_out_until_the_reader_comes_back(open_long: Any) -> None:
    chat = await open_long(50)
    await walk(chat, -6_000, until=f"numbers()[0] <= {COUNT - 1_000}")
    assert await chat.page.evaluate("numbers().at(-1)") < COUNT - 400
    await walk(chat, 6_000, until=f"numbers().at(-1) === {COUNT - 1}")
    await walk(chat, -6_000, until=f"numbers().at(-1) < {COUNT - 1}")
    await jump_to_latest(chat)


async def test_the_first_of_ten_thousand_messages_is_reached_with_few_rows_and_left_again(open_long: Any) -> None:
    chat = await open_long(COUNT)
    await walk(chat, -50_000, until="numbers()[0] === 0 && probe.find('[role=log]').scrollTop === 0")
    await expect(chat.said.first).to_have_text("Question 0")
    await expect(chat.said.first).to_be_in_viewport()
    await walk(chat, 6_000, until="numbers()[0] > 0")
    await jump_to_latest(chat)


async def test_a_row_with_the_focus_or_a_selection_stays_in_the_page(open_long: Any) -> None:
    chat = await open_long(COUNT)
    button = chat.page.locator(f"[data-item=msg_{COUNT - 1}] [part=copy-button]")
    await button.focus()
    await chat.page.evaluate(
        """(at) => {
            const selection = getSelection();
            selection.selectAllChildren(probe.find(`[data-item=msg_${at}] [part=user-bubble]`));
        }""",
        COUNT - 4,
    )
    await leap(chat, until=f"numbers()[0] < {COUNT - 900}")
    numbers = await chat.page.evaluate("numbers()")
    assert numbers[-2:] == [COUNT - 4, COUNT - 1]
    assert numbers[:-2] == list(range(numbers[0], numbers[0] + len(numbers) - 2))
    assert numbers[-3] < COUNT - 400
    await expect(button).to_be_focused()
    assert await chat.page.evaluate("getSelection().toString().trim()") == f"Question {COUNT - 4}"


async def test_an_answer_goes_on_while_its_row_is_away_and_nothing_is_said_again(open_long: Any) -> None:
    chat = await open_long(COUNT)
    await chat.begin("Go on")
    await chat.until("window.say !== undefined")
    await chat.page.evaluate("say('The first sentence. ')")
    await expect(chat.answer).to_contain_text("The first sentence.")
    await chat.page.evaluate(
        """() => {
            window.said = [];
            const note = (records) => said.push(...records.flatMap(({ addedNodes }) => [...addedNodes]));
            const live = probe.all('[aria-live=polite]').at(-1);
            new MutationObserver(note).observe(live, { childList: true });
        }"""
    )
    await leap(chat, until="probe.find('[data-item=msg_answer]') === null")
    assert await chat.page.evaluate("said.length") == 0
    before = await chat.page.evaluate("numbers()")
    await chat.page.evaluate("say('The second one. ')")
    await chat.frames()
    assert await chat.page.evaluate("numbers()") == before
    await chat.log.press("End")
    await expect(chat.answer).to_contain_text("The first sentence. The second one.")
    await chat.page.evaluate("say('The third one. '); end()")
    await expect(chat.answer).to_contain_text("The third one.")
    await chat.until("said.length >= 3")
    assert await chat.page.evaluate("said.map(({ textContent }) => textContent)") == [
        "The second one.",
        "The third one.",
        "The answer is complete",
    ]


async def test_a_notice_whose_row_comes_back_is_not_announced_again(open_long: Any) -> None:
    chat = await open_long(COUNT)
    await chat.begin("Go on")
    await chat.until("window.say !== undefined")
    await chat.page.evaluate("say('Here you are.'); warn('The disk is nearly full.'); end()")
    await expect(chat.notices).to_have_role("alert")
    await leap(chat, until="probe.find('[part=notice]') === null")
    await expect(chat.notices).to_have_count(0)
    await chat.log.press("End")
    await expect(chat.notices).to_be_in_viewport()
    await expect(chat.notices).to_have_role("note")
    await expect(chat.notices).to_contain_text("The disk is nearly full.")


async def test_a_message_sent_from_far_above_is_in_view(open_long: Any) -> None:
    chat = await open_long(COUNT)
    await leap(chat, until=f"numbers().at(-1) < {COUNT - 400}")
    await chat.begin("Go on")
    await chat.until("window.say !== undefined")
    await chat.page.evaluate("say('It goes on.'); end()")
    await expect(chat.said.last).to_be_in_viewport()
    await expect(chat.answer).to_be_in_viewport()
    assert await chat.page.evaluate("numbers().length") <= MOST
