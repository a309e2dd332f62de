"""What comes while an answer streams: every event, every update."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conformance.bench import Bench
from tests.support.inventory import ids_of, values_of

MOMENT = "2026-01-01T00:00:00Z"


def item(kind: str, **fields: Any) -> dict[str, Any]:
    return {"id": "itm_s", "thread_id": "t", "created_at": MOMENT, "type": kind, **fields}


def said(text: str, *annotations: dict[str, Any]) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": list(annotations)}


def update(**fields: Any) -> dict[str, Any]:
    return {"type": "thread.item.updated", "item_id": "itm_s", "update": fields}


async def streaming(bench: Bench, *events: dict[str, Any]) -> Bench:
    """A message that is being answered, so far with these events."""
    await bench.start()
    await bench.reply("threads.create", {"live": True})
    await bench.chat.begin("Go")
    await bench.calls("threads.create", 1)
    await bench.send(*events)
    return bench


async def over(bench: Bench) -> None:
    await bench.end()
    await bench.chat.told_name("response.end")


MESSAGE = item("assistant_message", content=[])


@pytest.mark.shows(
    "event-kind:thread.item.added",
    "event-kind:thread.item.updated",
    "update-kind:assistant_message.content_part.added",
    "update-kind:assistant_message.content_part.text_delta",
    "update-kind:assistant_message.content_part.done",
)
async def test_a_message_grows_part_by_part(bench: Bench) -> None:
    kind = "assistant_message.content_part"
    await streaming(bench, {"type": "thread.item.added", "item": MESSAGE})
    await bench.send(update(type=f"{kind}.added", content_index=0, content=said("One")))
    await expect(bench.chat.answer).to_contain_text("One")
    await bench.send(
        update(type=f"{kind}.text_delta", content_index=0, delta=" and **tw"),
        update(type=f"{kind}.text_delta", content_index=0, delta="o**"),
    )
    await expect(bench.chat.answer).to_contain_text("One and two")
    await bench.send(update(type=f"{kind}.added", content_index=1, content=said("Part 2")))
    await expect(bench.chat.answer).to_contain_text("Part 2")
    await bench.send(update(type=f"{kind}.done", content_index=0, content=said("One, *finally*")))
    await expect(bench.chat.answer.locator("em")).to_have_text("finally")
    await expect(bench.chat.answer).not_to_contain_text("two")
    await over(bench)


@pytest.mark.shows("update-kind:assistant_message.content_part.annotation_added")
async def test_a_citation_comes_while_text_streams(bench: Bench) -> None:
    source = {"type": "url", "title": "Ducks", "url": "https://ducks.example/", "attribution": "Duck Weekly"}
    note = {"type": "annotation", "source": source, "index": 5}
    await streaming(bench, {"type": "thread.item.added", "item": {**MESSAGE, "content": [said("Ducks quack.")]}})
    await bench.send(
        update(
            type="assistant_message.content_part.annotation_added", content_index=0, annotation_index=0, annotation=note
        )
    )
    await expect(bench.part("citation")).to_have_text("Duck Weekly")
    await over(bench)


@pytest.mark.shows("event-kind:thread.item.replaced", "event-kind:thread.item.removed")
async def test_an_item_is_replaced_and_removed(bench: Bench) -> None:
    done = {**MESSAGE, "content": [said("First")]}
    await streaming(bench, {"type": "thread.item.done", "item": done})
    await expect(bench.chat.answer).to_contain_text("First")
    await bench.send({"type": "thread.item.replaced", "item": {**done, "content": [said("Second")]}})
    await expect(bench.chat.answer).to_contain_text("Second")
    await expect(bench.chat.answers).to_have_count(1)
    await bench.send({"type": "thread.item.removed", "item_id": "itm_s"})
    await expect(bench.chat.answers).to_have_count(0)
    await over(bench)


@pytest.mark.shows("event-kind:thread.updated")
async def test_a_thread_gets_its_title_and_keeps_its_items(bench: Bench) -> None:
    await streaming(bench)
    (thread,) = await bench.page.evaluate("Object.values(bench.threads)")
    await bench.send({"type": "thread.updated", "thread": {**thread, "title": "About ducks", "items": {"data": []}}})
    await expect(bench.chat.title).to_have_text("About ducks")
    await expect(bench.chat.said).to_have_text(["Go"])
    await over(bench)


@pytest.mark.shows("update-kind:widget.root.updated", "update-kind:widget.streaming_text.value_delta")
async def test_a_widget_grows_and_changes(bench: Bench) -> None:
    def card(text: str, **more: Any) -> dict[str, Any]:
        return {"type": "Card", "children": [{"type": "Text", "id": "t", "value": text, "streaming": True}], **more}

    await streaming(bench, {"type": "thread.item.added", "item": item("widget", widget=card("Hel"))})
    await expect(bench.widgets.locator("p")).to_have_text("Hel")
    for delta, done in (("lo", False), (" there", True)):
        await bench.send(update(type="widget.streaming_text.value_delta", component_id="t", delta=delta, done=done))
    await expect(bench.widgets.locator("p")).to_have_text("Hello there")
    await expect(bench.widgets.locator("[aria-busy]")).to_have_count(0)
    await bench.send(update(type="widget.root.updated", widget=card("Anew", status={"text": "From above"})))
    await expect(bench.widgets).to_contain_text("From above")
    await expect(bench.widgets.locator("p")).to_have_text("Anew")
    await over(bench)


@pytest.mark.shows("update-kind:workflow.task.added", "update-kind:workflow.task.updated")
async def test_a_workflow_gains_and_changes_tasks(bench: Bench) -> None:
    def task(title: str) -> dict[str, Any]:
        return {"type": "custom", "title": title}

    flow = {"type": "custom", "tasks": [task("One")], "expanded": True}
    await streaming(bench, {"type": "thread.item.added", "item": item("workflow", workflow=flow)})
    await bench.send(update(type="workflow.task.added", task_index=0, task=task("Zero")))
    await expect(bench.part("task")).to_have_text(["Zero", "One"])
    await bench.send(update(type="workflow.task.updated", task_index=1, task=task("Two")))
    await expect(bench.part("task")).to_have_text(["Zero", "Two"])
    await over(bench)


@pytest.mark.shows("event-kind:stream_options", "stream-options:allow_cancel")
async def test_an_answer_is_stopped_where_that_is_allowed(bench: Bench) -> None:
    for allowed in (False, True):
        await streaming(
            bench,
            {"type": "stream_options", "stream_options": {"allow_cancel": allowed}},
            {"type": "thread.item.added", "item": {**MESSAGE, "content": [said("Half")]}},
        )
        await expect(bench.chat.answer).to_contain_text("Half")
        await expect(bench.chat.stop_button).to_be_enabled(enabled=allowed)
        if allowed:
            await bench.chat.stop_button.click()
            await bench.chat.told_name("response.end")
            await expect(bench.chat.answer).to_contain_text("Half")
        else:
            await over(bench)


@pytest.mark.shows("event-kind:progress_update", "event-kind:progress_update.icon", "event-kind:progress_update.text")
async def test_progress_shows_until_something_else_does(bench: Bench) -> None:
    await streaming(bench, {"type": "progress_update", "icon": "search", "text": "Looking it up"})
    await expect(bench.chat.progress).to_have_text("Looking it up")
    await expect(bench.chat.progress.locator("svg path").first).to_be_attached()
    await bench.send({"type": "progress_update", "text": "Still looking"})
    await expect(bench.chat.progress).to_have_text("Still looking")
    await expect(bench.chat.progress.locator("svg")).to_have_count(0)
    await bench.send({"type": "thread.item.done", "item": {**MESSAGE, "content": [said("Found")]}})
    await expect(bench.chat.answer).to_contain_text("Found")
    await expect(bench.page.get_by_text("Still looking")).to_have_count(0)
    await over(bench)


@pytest.mark.parametrize("name", ids_of("event-kind:notice", "event-kind:notice.{level,message,title}"))
async def test_notices(bench: Bench, name: str) -> None:
    levels = values_of("event-kind:notice.level")
    assert sorted(levels) == ["danger", "info", "warning"]
    notices = [{"type": "notice", "level": level, "title": f"A {level}", "message": "See **this**"} for level in levels]
    await streaming(bench, *notices, {"type": "notice", "level": "info", "message": "Untitled"})
    await expect(bench.chat.notices).to_have_count(4)
    match name.rpartition(".")[2]:
        case "level":
            roles = await bench.chat.notices.evaluate_all("(all) => all.map((one) => one.getAttribute('role'))")
            assert roles == ["status" if level == "info" else "alert" for level in [*levels, "info"]]
            colours = await bench.chat.notices.evaluate_all(
                "(all) => all.map((one) => getComputedStyle(one).backgroundColor)"
            )
            assert len(set(colours)) == 3
        case "title":
            for level in levels:
                await expect(bench.chat.notices.get_by_text(f"A {level}", exact=True)).to_be_visible()
        case "message":
            await expect(bench.chat.notices.locator("p strong")).to_have_text(["this"] * 3)
        case _:
            await bench.chat.notices.last.get_by_role("button", name="Dismiss").click()
            await expect(bench.chat.notices).to_have_count(3)
    await over(bench)


@pytest.mark.shows("event-kind:error.allow_retry")
async def test_an_error_can_be_tried_again_where_that_is_allowed(bench: Bench) -> None:
    for allowed in (False, True):
        await streaming(bench, {"type": "error", "code": "stream.error", "allow_retry": allowed})
        await over(bench)
        await expect(bench.chat.error).to_be_visible()
        await expect(bench.chat.error.get_by_role("button", name="Try again")).to_have_count(int(allowed))
    await bench.chat.error.get_by_role("button", name="Try again").click()
    assert len(await bench.calls("threads.retry_after_item", 1)) == 1
    await expect(bench.chat.error).to_have_count(0)


@pytest.mark.shows("operation:items.list")
async def test_older_items_are_asked_for(bench: Bench) -> None:
    await bench.start()
    older = {"type": "user_message", "id": "itm_0", "thread_id": "t", "created_at": MOMENT, "inference_options": {}}
    page = [{**older, "content": [{"type": "input_text", "text": "The beginning"}]}]
    newest = [{**older, "id": "itm_9", "content": [{"type": "input_text", "text": "The end"}]}]
    await bench.reply(
        "items.list",
        {"body": {"data": newest, "has_more": True, "after": "itm_9"}},
        {"body": {"data": page, "has_more": False}},
    )
    await bench.page.evaluate(
        """(data) => {
            const thread = bench.thread([]);
            thread.items = { data, has_more: true, after: 'itm_0' };
            bench.element.setThreadId(thread.id);
        }""",
        page,
    )
    await expect(bench.chat.said).to_have_text(["The beginning", "The end"])
    calls = await bench.calls("items.list", 2)
    assert [(call["params"]["order"], call["params"].get("after")) for call in calls] == [
        ("desc", None),
        ("desc", "itm_9"),
    ]
