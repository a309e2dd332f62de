"""Whole tasks without a mouse: after every step the focus is somewhere in the element, and visible."""

import re
from datetime import UTC, datetime

import pytest
from playwright.async_api import Locator, expect

from chatkit.errors import CustomStreamError
from chatkit.types import (
    ClosedStatus,
    DurationSummary,
    LockedStatus,
    NoticeEvent,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    ThoughtTask,
    ThreadItemDoneEvent,
    Workflow,
    WorkflowItem,
)
from chatkit.widgets import (
    Card,
    Checkbox,
    DatePicker,
    Form,
    Input,
    Label,
    RadioGroup,
    RadioOption,
    Select,
    SelectOption,
    Text,
    Textarea,
)
from tests.browser.chat import Chat
from tests.browser.conftest import OpenWith
from tests.browser.scripted import ScriptedServer, Turn, assistant_message, user_message
from tests.browser.test_composer import TOOLS
from tests.browser.test_keyboard import tab_to

ACTIONS = "threadItemActions: { feedback: true, retry: true },"
MENUS = (
    TOOLS.rstrip().removesuffix("},")
    + """
        attachments: { enabled: true },
        models: [
            { id: 'small', label: 'Small' }, { id: 'large', label: 'Large' },
            { id: 'off', label: 'Off', disabled: true },
        ],
    },
    entities: {
        showComposerMenu: true,
        onTagSearch: async () => [{ id: 'ada', title: 'Ada' }, { id: 'bob', title: 'Bob' }],
    },
    """
)


async def press(chat: Chat, *keys: str) -> None:
    """Presses keys one after the other; after each, what has the focus is in the element."""
    for key in keys:
        await chat.page.keyboard.press(key)
        await chat.frames()
        assert await chat.focus_is_kept(), f"{key} lost the focus"


async def hold(chat: Chat, locator: Locator) -> None:
    """When that has the focus and shows it."""
    await expect(locator).to_be_focused()
    assert await chat.has_focus_ring()


async def test_a_conversation_from_its_start_to_its_end(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(ACTIONS + "startScreen: { prompts: [{ label: 'Ask for help', prompt: 'Help' }] },")
    await chat.composer.focus()
    await tab_to(chat, "Ask for help", key="Shift+Tab")
    turn = server.turn()
    await press(chat, "Enter")
    turn.say("What with?").end()
    await chat.idle()
    assert await chat.focus_is_kept()

    await tab_to(chat, "Good answer", key="Shift+Tab")
    await press(chat, "Space")
    await expect(chat.page.get_by_role("button", name="Good answer")).to_be_focused()
    await tab_to(chat, "Try again")
    turn = server.turn()
    await press(chat, "Enter")
    turn.say("With what, then?").end()
    await expect(chat.answer).to_contain_text("With what, then?")
    await chat.idle()
    assert await chat.focus_is_kept(), "a retry lost the focus"

    await tab_to(chat, "Message")
    turn = server.turn()
    await chat.page.keyboard.type("A letter")
    await press(chat, "Enter")
    turn.send(NoticeEvent(level="info", message="It may take a while."))
    turn.say("Dear").fail(CustomStreamError("The pen broke.", allow_retry=True))
    await expect(chat.error).to_be_visible()
    await tab_to(chat, "Dismiss", key="Shift+Tab")
    await tab_to(chat, "Try again", key="Shift+Tab")
    turn = server.turn()
    await press(chat, "Enter")
    await expect(chat.error).to_have_count(0)
    turn.say("Dear Ada").end()
    await chat.idle()
    assert await chat.focus_is_kept(), "a retry after an error lost the focus"

    await tab_to(chat, "Message")
    server.turn().fail(CustomStreamError("No more."))
    await chat.page.keyboard.type("More")
    await press(chat, "Enter")
    await expect(chat.error).to_be_visible()
    await tab_to(chat, "Dismiss", key="Shift+Tab")
    await press(chat, "Enter")
    await expect(chat.error).to_have_count(0)
    assert await chat.focus_is_kept(), "a dismissed error lost the focus"

    await tab_to(chat, "New chat", key="Shift+Tab")
    await press(chat, "Enter")
    await expect(chat.composer).to_be_focused()


@pytest.mark.parametrize("status", [LockedStatus(), ClosedStatus()], ids=["locked", "closed"])
async def test_a_thread_that_takes_no_more_messages_gives_the_focus_to_the_conversation(
    status: LockedStatus | ClosedStatus, open_with: OpenWith, server: ScriptedServer
) -> None:
    chat = await open_with()
    turn = server.turn()
    await chat.composer.focus()
    await chat.begin("That is all")
    await turn.begun()
    assert turn.thread is not None
    turn.thread.status = status
    turn.say("Done.").end()
    await expect(chat.log).to_be_focused()


async def test_a_notice_that_is_dismissed_gives_the_focus_on(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with()
    turn = server.turn()
    turn.send(NoticeEvent(level="info", message="One."), NoticeEvent(level="info", message="Two."))
    turn.say("Here.").end()
    await chat.composer.focus()
    await chat.send("Go")
    await tab_to(chat, "Dismiss", key="Shift+Tab")
    await press(chat, "Enter")
    await expect(chat.notices).to_have_count(1)
    await tab_to(chat, "Dismiss", key="Shift+Tab")
    await press(chat, "Enter")
    await expect(chat.notices).to_have_count(0)


async def test_a_form_is_filled_and_sent(open_with: OpenWith, server: ScriptedServer) -> None:
    options = [SelectOption(label=name, value=name.lower()) for name in ("Paris", "Rome", "Oslo")]
    choices = [RadioOption(label=name, value=name.lower()) for name in ("Window", "Aisle")]
    card = Card(
        asForm=True,
        confirm={"label": "Book", "action": {"type": "book"}},
        cancel={"label": "Cancel", "action": {"type": "cancel"}},
        children=[
            Label(value="Name", fieldName="name"),
            Input(name="name", required=True),
            Label(value="Where to", fieldName="to"),
            Select(name="to", options=options, placeholder="Choose a city"),
            Label(value="When", fieldName="when"),
            DatePicker(name="when", defaultValue="2026-03-10"),
            RadioGroup(name="seat", options=choices, ariaLabel="Seat"),
            Checkbox(name="meal", label="With a meal"),
            Label(value="Wishes", fieldName="wish"),
            Textarea(name="wish"),
        ],
    )
    chat = await open_with()
    server.turn().show(card).end()
    await chat.composer.focus()
    await chat.send("Book")
    field = chat.widgets.get_by_role("textbox", name="Name")
    await expect(field).to_be_visible()
    keyboard = chat.page.keyboard

    await tab_to(chat, "Book", key="Shift+Tab")
    await press(chat, "Enter")
    await hold(chat, field)
    await expect(field).to_have_attribute("aria-invalid", "true")
    await keyboard.type("Ada")
    await press(chat, "Tab", "Enter")
    await expect(chat.page.get_by_role("option", name="Paris")).to_be_visible()
    await press(chat, "ArrowDown", "ArrowDown", "Enter")
    await expect(chat.page.get_by_role("option")).to_have_count(0)
    await hold(chat, chat.widgets.get_by_role("combobox", name="Where to"))
    await press(chat, "Tab", "Enter")
    await expect(chat.page.get_by_role("grid")).to_be_visible()
    await press(chat, "ArrowDown", "ArrowRight", "Enter")
    await expect(chat.page.get_by_role("grid")).to_have_count(0)
    await expect(chat.widgets).to_contain_text("18")
    await press(chat, "Tab", "Space", "ArrowDown")
    await hold(chat, chat.widgets.get_by_role("radio", name="Aisle"))
    await expect(chat.widgets.get_by_role("radio", name="Aisle")).to_be_checked()
    await press(chat, "Tab", "Space", "Tab")
    await keyboard.type("Quiet, please")
    await tab_to(chat, "Book")
    turn = server.action_turn()
    await keyboard.press("Enter")  # what is busy is inert, and takes the focus again afterwards
    await turn.begun()
    turn.say("Booked.").end()
    await expect(chat.answer).to_contain_text("Booked.")
    await chat.idle()
    assert await chat.focus_is_kept(), "sending the form lost the focus"
    (action,) = server.actions
    assert action.type == "book"
    city = action.payload.pop("to")
    assert city in {"paris", "rome", "oslo"}
    assert action.payload == {
        "name": "Ada",
        "when": "2026-03-18",
        "seat": "aisle",
        "meal": True,
        "wish": "Quiet, please",
    }


async def test_a_workflow_without_tasks_has_nothing_to_unfold(open_with: OpenWith, server: ScriptedServer) -> None:
    summary, moment = DurationSummary(duration=4), datetime.now(UTC)
    workflows = [
        Workflow(type="reasoning", tasks=tasks, summary=summary) for tasks in ([], [ThoughtTask(content="Hm.")])
    ]
    items = [
        WorkflowItem(id=f"wf_{at}", thread_id="", created_at=moment, workflow=workflow)
        for at, workflow in enumerate(workflows)
    ]
    thread = await server.put_thread("Thoughts", *items)
    chat = await open_with()
    await chat.call("setThreadId", thread.id)
    await expect(chat.part("workflow")).to_have_text(["Thought for 4 seconds", re.compile("Thought for 4 seconds")])
    await expect(chat.part("workflow").get_by_role("button")).to_have_count(1)


async def test_a_calendar_that_is_left_closes(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with()
    picker, field = DatePicker(name="when", defaultValue="2026-03-10"), Input(name="where")
    server.turn().show(Card(children=[picker, field])).end()
    await chat.send("Plan")
    trigger = chat.widgets.get_by_role("button", name="When")
    grid = chat.page.get_by_role("grid")
    day = chat.page.get_by_role("button", name="Tuesday, March 10, 2026")
    await trigger.press("Enter")
    await expect(day).to_be_focused()
    await press(chat, "Tab")
    await expect(grid).to_have_count(0)
    await expect(chat.widgets.get_by_role("textbox", name="Where")).to_be_focused()

    await trigger.press("Enter")
    await expect(day).to_be_focused()
    await trigger.focus()
    await expect(grid).to_be_visible()
    await press(chat, "Shift+Tab")
    await expect(grid).to_have_count(0)


async def test_enter_in_a_field_sends_its_form(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with()
    form = Form(
        onSubmitAction={"type": "save", "handler": "server"},
        children=[Label(value="Title", fieldName="todo.title"), Input(name="todo.title")],
    )
    server.turn().show(Card(children=[form, Text(value="Below")])).end()
    await chat.composer.focus()
    await chat.send("Show")
    await tab_to(chat, "Title", key="Shift+Tab")
    await chat.page.keyboard.type("Milk")
    turn = server.action_turn()
    await chat.page.keyboard.press("Enter")
    await turn.begun()
    turn.end()
    await chat.idle()
    assert await chat.focus_is_kept()
    assert [(action.type, action.payload) for action in server.actions] == [("save", {"todo": {"title": "Milk"}})]


async def test_questions_of_all_kinds_are_answered(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with()

    def ask(turn: Turn) -> ThreadItemDoneEvent:
        choices = [{"value": "Red"}, {"value": "Blue"}]
        inputs = [
            StructuredInputMultipleChoice.model_validate({"id": "one", "question": "Which one?", "options": choices}),
            StructuredInputMultipleChoice.model_validate(
                {"id": "many", "question": "Which ones?", "options": choices, "multiple": True}
            ),
            StructuredInputFreeform(id="free", question="Why?"),
        ]
        template = assistant_message(turn.thread_id, "")
        item = StructuredInputItem(id="q", thread_id=turn.thread_id, created_at=template.created_at, inputs=inputs)
        return ThreadItemDoneEvent(item=item)

    server.turn().send(ask).end()
    await chat.composer.focus()
    await chat.begin("Ask me")
    heading = chat.question.get_by_role("heading")
    await hold(chat, chat.question.get_by_role("heading", name="Which one?"))
    await press(chat, "Tab", "Space", "ArrowDown")
    await expect(chat.question.get_by_label("Blue")).to_be_checked()
    await tab_to(chat, "Next")
    await press(chat, "Enter")
    await expect(heading).to_have_text("Which ones?")
    await press(chat, "Tab", "Space", "Tab", "Space")
    await tab_to(chat, "Back", key="Shift+Tab")
    await press(chat, "Enter")
    await expect(heading).to_have_text("Which one?")
    await tab_to(chat, "Next")
    await press(chat, "Enter")
    await expect(chat.question.get_by_label("Red")).to_be_checked()
    await tab_to(chat, "Next")
    await press(chat, "Enter")
    await hold(chat, chat.question.get_by_role("textbox"))
    await chat.page.keyboard.type("They are fast")
    turn = server.turn()
    await press(chat, "Enter")
    await turn.begun()
    turn.say("I see.").end()
    await chat.idle()
    await hold(chat, chat.composer)
    await expect(chat.part("structured-input")).to_contain_text("They are fast")


async def test_the_history_is_searched_renamed_and_cleared(open_with: OpenWith, server: ScriptedServer) -> None:
    for number in range(7):
        await server.put_thread(f"Talk {number}", user_message("Hello"))
    chat = await open_with()
    keyboard = chat.page.keyboard
    await chat.composer.focus()
    await tab_to(chat, "Chat history", key="Shift+Tab")
    await keyboard.press("Enter")
    rows = chat.history.locator(".history-open")
    await expect(rows).to_have_count(7)
    await press(chat, "Tab")
    await tab_to(chat, "Search chats")
    await keyboard.type("talk 3")
    await expect(rows).to_have_text(["Talk 3"])
    await tab_to(chat, "Rename “Talk 3”")
    await press(chat, "Enter")
    await expect(chat.history.get_by_role("textbox", name="Chat title")).to_be_focused()
    await keyboard.type("Talk 33")
    await press(chat, "Enter")
    await hold(chat, chat.history.get_by_role("button", name="Talk 33", exact=True))
    await tab_to(chat, "Delete “Talk 33”")
    await press(chat, "Enter")
    confirm = chat.history.get_by_role("alertdialog")
    await expect(confirm.get_by_role("button", name="Cancel")).to_be_focused()
    await press(chat, "Escape")
    await hold(chat, chat.history.get_by_role("button", name="Talk 33", exact=True))
    await tab_to(chat, "Delete “Talk 33”")
    await press(chat, "Enter", "Tab", "Enter")
    await expect(rows).to_have_count(0)
    assert await chat.focus_is_kept(), "the row that went away took the focus along"
    await press(chat, "Escape")
    await expect(chat.history).to_have_count(0)
    await hold(chat, chat.history_button)


async def test_every_menu_of_the_composer(open_with: OpenWith) -> None:
    chat = await open_with(MENUS)
    items = chat.page.get_by_role("menuitemradio")
    await expect(chat.part("tools-button")).to_be_visible()
    await chat.composer.focus()
    await tab_to(chat, "Tools")
    await press(chat, "ArrowDown")
    await expect(items.nth(0)).to_be_focused()
    await press(chat, "ArrowDown")
    await expect(items.nth(1)).to_be_focused()
    await press(chat, "ArrowDown")
    await expect(items.nth(0)).to_be_focused()
    await press(chat, "End")
    await expect(items.nth(1)).to_be_focused()
    await press(chat, "s")
    await expect(items.nth(0)).to_be_focused()
    await press(chat, "Escape")
    await expect(chat.part("tools-button")).to_be_focused()
    await press(chat, "Enter", "c", "Enter")
    await expect(items).to_have_count(0)
    await expect(chat.composer).to_be_focused()
    await tab_to(chat, "Stop using Create a picture")
    await press(chat, "Space")
    await expect(chat.composer).to_be_focused()
    await tab_to(chat, "Think for longer")
    await press(chat, "Enter")
    await expect(chat.page.get_by_role("button", name="Think for longer")).to_have_attribute("aria-pressed", "true")

    await tab_to(chat, "Model: Small")
    await press(chat, "Enter", "End")
    await expect(items.nth(2)).to_be_focused()
    await press(chat, "Enter")
    await expect(items).to_have_count(3)
    await press(chat, "ArrowUp", "Enter")
    await expect(chat.part("model-button")).to_have_accessible_name("Model: Large")
    await expect(chat.composer).to_be_focused()
    await chat.page.keyboard.type("So that the button after the menu can be reached")
    await tab_to(chat, "Model: Large")
    await press(chat, "Enter", "Tab")
    await expect(chat.send_button).to_be_focused()
    await expect(items).to_have_count(0)

    await chat.composer.focus()
    await tab_to(chat, "Mention something")
    await press(chat, "Enter")
    await expect(chat.page.get_by_role("option")).to_have_count(2)
    await press(chat, "ArrowDown", "Enter")
    await expect(chat.composer.locator("[part=tag]")).to_have_text(["Bob"])
    await expect(chat.composer).to_be_focused()

    given = {"id": "atc", "type": "file", "name": "plan.pdf", "mime_type": "application/pdf"}
    await chat.call("setComposerValue", {"attachments": [given]})
    await tab_to(chat, "Remove plan.pdf", key="Shift+Tab")
    await press(chat, "Enter")
    await expect(chat.part("composer-attachments")).to_have_count(0)
    await expect(chat.composer).to_be_focused()
