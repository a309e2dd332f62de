"""The demo's card: what is done on it is done."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.chat import Chat, ticks
from tests.browser.conftest import OpenChat


async def test_a_ticked_todo_stays_ticked_after_a_reload(chat: Chat) -> None:
    await chat.send("Add buy milk and call mum")
    card = chat.card()
    await card.box("Buy milk").check()
    await expect(card.badge("1 open")).to_be_visible()
    await expect(card.clear_button).to_be_visible()
    await chat.reload()
    await expect(card.badge("1 open")).to_be_visible()
    assert await ticks(card) == [True, False]
    await card.box("Call mum").check()
    await expect(card.badge("All done")).to_be_visible()
    await card.box("Buy milk").uncheck()
    await expect(card.badge("1 open")).to_be_visible()


async def test_the_form_adds_with_enter_and_is_empty_afterwards(chat: Chat) -> None:
    await chat.send("What’s on my list?")
    card = chat.card()
    await expect(card.badge("Empty")).to_be_visible()
    await card.field.fill("Water the plants")
    await card.field.press("Enter")
    await expect(card.box("Water the plants")).to_be_visible()
    await expect(card.field).to_have_value("")
    await expect(card.badge("1 open")).to_be_visible()


async def test_the_form_adds_with_its_button_and_is_empty_afterwards(chat: Chat) -> None:
    await chat.send("Add buy milk")
    card = chat.card()
    await card.field.fill("Pay the rent")
    await card.add_button.click()
    await expect(card.box("Pay the rent")).to_be_visible()
    await expect(card.field).to_have_value("")
    await expect(card.badge("2 open")).to_be_visible()
    await card.field.fill("Pay the rent")
    await card.add_button.click()
    await expect(card.badge("3 open")).to_be_visible()
    await chat.reload()
    await expect(card.boxes).to_have_count(3)


async def test_an_empty_form_is_not_sent_and_says_why(chat: Chat) -> None:
    await chat.send("Add buy milk")
    card = chat.card()
    sent = len(chat.watch.requests)
    await card.add_button.click()
    await expect(card.field).to_be_focused()
    await expect(card.field).to_have_attribute("aria-invalid", "true")
    await expect(card.field).to_have_accessible_description(re.compile("Please fill (in|out) this field"))
    await card.field.fill("   ")
    await card.field.press("Enter")
    await expect(card.field).to_have_accessible_description("Please match the requested format.")
    assert len(chat.watch.requests) == sent
    await card.field.fill("Bread")
    await card.field.press("Enter")
    await expect(card.box("Bread")).to_be_visible()
    await expect(card.field).not_to_have_attribute("aria-invalid", "true")


async def test_the_bin_deletes_one_todo(chat: Chat) -> None:
    await chat.send("Add one thing, another thing and a third thing")
    card = chat.card()
    await expect(card.boxes).to_have_count(3)
    await card.delete_buttons.nth(1).click()
    await expect(card.boxes).to_have_count(2)
    await expect(card.box("Another thing")).to_have_count(0)
    await expect(card.badge("2 open")).to_be_visible()
    await chat.reload()
    await expect(card.boxes).to_have_count(2)


async def test_completed_todos_are_cleared_at_once(chat: Chat) -> None:
    await chat.send("Add buy milk and call mum")
    card = chat.card()
    await card.box("Buy milk").check()
    await card.clear_button.click()
    await expect(card.boxes).to_have_count(1)
    await expect(card.box("Call mum")).not_to_be_checked()
    await expect(card.clear_button).to_have_count(0)


async def test_every_card_of_the_conversation_shows_the_list_as_it_is(chat: Chat) -> None:
    await chat.send("Add buy milk")
    await chat.send("Add call mum")
    old, new = chat.card(0), chat.card(1)
    await expect(old.boxes).to_have_count(2)
    await new.field.fill("Bread")
    await new.field.press("Enter")
    await expect(old.box("Bread")).to_be_visible()
    await expect(new.box("Bread")).to_be_visible()


async def test_messages_belong_to_their_thread_and_todos_to_the_user(chat: Chat) -> None:
    await chat.send("Add buy milk")
    await chat.new_chat.click()
    await chat.send("What’s on my list?")
    await expect(chat.said).to_have_text(["What’s on my list?"])
    await expect(chat.card().box("Buy milk")).to_be_visible()
    await chat.card().box("Buy milk").check()
    await expect(chat.card().badge("All done")).to_be_visible()
    history = await chat.open_history()
    await history.get_by_role("button", name="Add buy milk", exact=True).click()
    await expect(chat.said).to_have_text(["Add buy milk"])
    await expect(chat.card().box("Buy milk")).to_be_checked()


async def test_a_chart_is_drawn_with_its_data_as_a_table(chat: Chat) -> None:
    await chat.send("Add buy milk and call mum")
    await chat.card().box("Buy milk").check()
    await expect(chat.card().badge("1 open")).to_be_visible()  # the tick has reached the server
    await chat.send("Show me a chart")
    chart = chat.widgets.filter(has_text="Last 7 days")
    await expect(chart.locator("svg .w-chart-bar")).to_have_count(2)
    plot = chart.get_by_role("slider", name="Chart of Added, Done")
    await expect(plot).to_be_visible()
    table = chart.get_by_role("table", name="Chart data")
    await expect(table.get_by_role("row")).to_have_count(8)
    await expect(table.get_by_role("row").last.get_by_role("cell")).to_have_text(["2", "1"])
    await plot.press("End")
    await expect(chart.locator(".w-chart-tip")).to_contain_text("Added2Done1")
    await expect(plot).to_have_attribute("aria-valuetext", "Fri, Added 2, Done 1".replace("Fri", await _today(chat)))


async def _today(chat: Chat) -> str:
    return await chat.page.evaluate("new Date().toLocaleDateString('en', { weekday: 'short', timeZone: 'UTC' })")


async def test_a_planned_day_asks_and_makes_todos_of_the_answers(chat: Chat) -> None:
    await chat.send("Plan my day")
    question = chat.question
    await expect(question).to_contain_text("Question 1 of 3")
    await expect(chat.composer).to_have_count(0)
    await question.get_by_text("Buy groceries", exact=True).click()
    await question.get_by_text("Exercise", exact=True).click()
    await question.get_by_role("textbox", name="Your own answer").fill("Feed the cat")
    await question.get_by_role("button", name="Next").click()
    await expect(question).to_contain_text("When do you start?")
    await question.get_by_role("button", name="Back").click()
    await expect(question.get_by_label("Exercise")).to_be_checked()
    await question.get_by_role("button", name="Next").click()
    await question.get_by_text("After lunch", exact=True).click()
    await question.get_by_role("button", name="Next").click()
    await question.get_by_role("button", name="Skip", exact=True).click()
    await expect(chat.answer).to_contain_text("Your day is planned")
    await expect(chat.card().box("Feed the cat")).to_be_visible()
    await expect(chat.card().boxes).to_have_count(3)
    await expect(chat.composer).to_be_visible()
    answers = chat.page.locator("[part=structured-input]")
    await expect(answers).to_contain_text("After lunch")
    await chat.reload()
    await expect(answers).to_contain_text("Skipped")


async def test_questions_can_be_skipped_all_at_once(chat: Chat) -> None:
    await chat.send("Plan my day")
    await chat.question.get_by_role("button", name="Skip all").click()
    await expect(chat.answer).to_contain_text("No plan then.")
    await expect(chat.composer).to_be_visible()
    await expect(chat.question).to_have_count(0)


async def test_a_question_that_waits_is_still_there_after_a_reload(chat: Chat) -> None:
    await chat.send("Plan my day")
    await expect(chat.question).to_be_visible()
    await chat.reload()
    await expect(chat.question).to_contain_text("What do you want to get done today?")


@pytest.mark.shows("field:Checkbox.lineThrough")
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_ticked_todo_is_struck_and_dim_at_once(demo: str, open_chat: OpenChat, scheme: str) -> None:
    chat = await open_chat(demo, scheme=scheme)
    await chat.send("Add buy milk and call mum")
    card = chat.card()
    open_, done = (card.root.get_by_text(title, exact=True) for title in ("Call mum", "Buy milk"))
    await expect(done).to_have_css("text-decoration-line", "none")
    await card.box("Buy milk").check()
    await expect(done).to_have_css("text-decoration-line", "line-through")
    await expect(open_).to_have_css("text-decoration-line", "none")
    colours = [await each.evaluate("(node) => getComputedStyle(node).color") for each in (open_, done)]
    assert colours[0] != colours[1]
    await card.box("Buy milk").uncheck()
    await expect(done).to_have_css("text-decoration-line", "none")


@pytest.mark.parametrize("width", [1280, 360])
async def test_the_cards_footer_is_one_line(demo: str, open_chat: OpenChat, width: int) -> None:
    chat = await open_chat(demo, width=width)
    await chat.send("Add buy milk and call mum")
    card = chat.card()
    await card.box("Buy milk").check()
    boxes = [await part.bounding_box() for part in (card.root.get_by_text("1 of 2 done"), card.clear_button)]
    (caption, button) = [box for box in boxes if box is not None]
    assert abs(caption["y"] + caption["height"] / 2 - button["y"] - button["height"] / 2) < 2
    assert await chat.overflow() == 0
