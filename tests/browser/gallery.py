"""The states that are looked at: by the accessibility checker, and by people in pictures."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from playwright.async_api import expect

from chatkit.errors import CustomStreamError
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageItem,
    ClosedStatus,
    CustomSummary,
    CustomTask,
    LockedStatus,
    NoticeEvent,
    ProgressUpdateEvent,
    ThreadItem,
    URLSource,
    Workflow,
    WorkflowItem,
)
from chatkit.widgets import (
    Badge,
    Button,
    Caption,
    Card,
    Checkbox,
    Col,
    DatePicker,
    Image,
    Input,
    Label,
    ListView,
    ListViewItem,
    RadioGroup,
    RadioOption,
    Row,
    Select,
    SelectOption,
    Spacer,
    Table,
    TableCell,
    TableRow,
    Text,
    Textarea,
    Title,
)
from tests.browser.chat import Chat
from tests.browser.scripted import ScriptedServer, Turn, assistant_message, user_message

__all__ = ["DEMO_STATES", "SCRIPTED_STATES"]

MARKDOWN = """\
## A heading

A paragraph with **bold**, *italic*, `code`, ~~struck~~ and [a link](https://example.org/).

1. First
2. Second
   - nested

> A quotation of somebody
> over two lines.

| Name | Amount |
|---|---:|
| Apples | 12 |
| Pears | 7 |

```python
def greet(name: str) -> str:
    return f"Hello, {name}!"
```

- [x] done
- [ ] to do

---

The end.
"""

Show = Callable[[Chat], Awaitable[None]]
ShowScripted = Callable[[Chat, ScriptedServer], Awaitable[None]]


# What the demo shows


async def start(chat: Chat) -> None:
    """Nothing has been said yet."""
    await expect(chat.prompts).to_have_count(4)


async def card(chat: Chat) -> None:
    """A conversation with the card, one todo done."""
    await chat.send("Add buy milk and call mum")
    await chat.card().box("Buy milk").check()
    await expect(chat.card().clear_button).to_be_visible()


async def empty_card(chat: Chat) -> None:
    """The card without todos, and what it says of an empty form."""
    await chat.send("What’s on my list?")
    await chat.card().add_button.click()
    await expect(chat.card().field).to_have_attribute("aria-invalid", "true")


async def chart(chat: Chat) -> None:
    """The chart with its tooltip."""
    await chat.send("Add buy milk, call mum and water the plants")
    await chat.card().box("Buy milk").check()
    await chat.send("Show me a chart")
    await chat.page.get_by_role("slider").press("End")
    await expect(chat.page.locator(".w-chart-tip")).to_be_visible()


async def question(chat: Chat) -> None:
    """Questions in the composer's place."""
    await chat.send("Plan my day")
    await chat.question.get_by_text("Exercise", exact=True).click()


async def planned(chat: Chat) -> None:
    """Answered questions, and the workflow they became."""
    await question(chat)
    for button in ("Next", "Skip", "Skip"):
        await chat.question.get_by_role("button", name=button, exact=True).click()
    await expect(chat.card().boxes).to_have_count(1)
    await chat.idle()
    await chat.page.locator(".workflow-toggle").first.click()


async def history(chat: Chat) -> None:
    """The history with two conversations, one about to be deleted."""
    await chat.send("Hello")
    await chat.new_chat.click()
    await chat.send("Add buy milk")
    panel = await chat.open_history()
    await panel.get_by_role("button", name="Delete “Hello”").click()
    await expect(panel.get_by_role("alertdialog")).to_be_visible()


DEMO_STATES: dict[str, Show] = {
    show.__name__: show for show in (start, card, empty_card, chart, question, planned, history)
}


# What only a script can show


async def answering(chat: Chat, server: ScriptedServer) -> None:
    """An answer in the middle, after a progress line has come and gone."""
    turn = server.turn()
    await chat.begin("Tell me a story")
    turn.send(ProgressUpdateEvent(icon="search", text="Looking for a story…"))
    await expect(chat.progress).to_contain_text("Looking for a story")


async def markdown(chat: Chat, server: ScriptedServer) -> None:
    """Everything that Markdown has."""
    server.answer(MARKDOWN)
    await chat.send("Show me Markdown")
    await expect(chat.answer.get_by_role("table")).to_be_visible()


async def failed(chat: Chat, server: ScriptedServer) -> None:
    """Notices of all levels, and an error with its retry."""
    turn = server.turn()
    for level in ("info", "warning", "danger"):
        turn.send(NoticeEvent(level=level, title=f"A {level}", message="With a [link](https://example.org)."))
    turn.fail(CustomStreamError("The model is overloaded.", allow_retry=True))
    await chat.send("Go")
    await expect(chat.error).to_be_visible()


async def locked(chat: Chat, server: ScriptedServer) -> None:
    """A thread that takes no message for now."""
    status = LockedStatus(reason="A colleague is looking into it.")
    thread = await server.put_thread("Locked", user_message("Hello"), assistant_message("", "Hi."), status=status)
    await chat.call("setThreadId", thread.id)
    await expect(chat.composer).to_be_disabled()


async def closed(chat: Chat, server: ScriptedServer) -> None:
    """A thread that takes no message any more."""
    status = ClosedStatus(reason="This case is solved.")
    thread = await server.put_thread("Closed", user_message("Hello"), assistant_message("", "Hi."), status=status)
    await chat.call("setThreadId", thread.id)
    await expect(chat.page.locator("[part=closed-banner]")).to_be_visible()


def _workflow() -> WorkflowItem:
    tasks = [
        CustomTask(title="Read the file", icon="document", status_indicator="complete", content="All **of** it."),
        CustomTask(title="Thought about it", icon="lightbulb", status_indicator="complete"),
    ]
    return WorkflowItem(
        id="wf_1",
        thread_id="",
        created_at=datetime.now(UTC),
        workflow=Workflow(type="custom", tasks=tasks, summary=CustomSummary(title="Worked on it"), expanded=True),
    )


def _sourced() -> AssistantMessageItem:
    text = "The sky is blue. Grass is green."
    sources = [URLSource(title=title, url=f"https://{title.lower()}.example/") for title in ("Sky", "Grass")]
    notes = [Annotation(source=source, index=index) for source, index in zip(sources, (16, len(text)), strict=True)]
    plain = assistant_message("", text)
    return plain.model_copy(update={"content": [AssistantMessageContent(text=text, annotations=notes)]})


async def sources(chat: Chat, server: ScriptedServer) -> None:
    """A workflow, and an answer with sources, both unfolded."""
    items: list[ThreadItem] = [user_message("Why?"), _workflow(), _sourced()]
    thread = await server.put_thread("Sources", *items)
    await chat.call("setThreadId", thread.id)
    await chat.page.get_by_role("button", name="2 sources").click()
    await expect(chat.page.locator(".source-list")).to_be_visible()


def _form_card() -> Card:
    options = [SelectOption(label=name, value=name) for name in ("Paris", "Rome", "Oslo")]
    choices = [RadioOption(label=name, value=name) for name in ("Window", "Aisle")]
    return Card(
        asForm=True,
        confirm={"label": "Book", "action": {"type": "book"}},
        cancel={"label": "Cancel", "action": {"type": "cancel"}},
        children=[
            Title(value="Book a trip", size="sm"),
            Row(gap=2, children=[Badge(label="New", color="success"), Spacer(), Caption(value="Two minutes")]),
            Label(value="Name", fieldName="name"),
            Input(name="name", required=True, placeholder="Ada Lovelace"),
            Label(value="Where to", fieldName="to"),
            Select(name="to", options=options, placeholder="Choose a city", clearable=True),
            Label(value="When", fieldName="when"),
            DatePicker(name="when", placeholder="Choose a day"),
            RadioGroup(name="seat", options=choices, ariaLabel="Seat"),
            Checkbox(name="meal", label="With a meal"),
            Textarea(name="wish", placeholder="Anything else?"),
        ],
    )


def _table_card() -> Card:
    cells = [TableCell(children=[Text(value=name)]) for name in ("City", "Nights")]
    rows = [TableRow(header=True, children=cells)]
    for city, nights in (("Paris", "2"), ("Rome", "3")):
        rows.append(
            TableRow(children=[TableCell(children=[Text(value=city)]), TableCell(children=[Text(value=nights)])])
        )
    colors = ("primary", "secondary", "info", "discovery", "success", "caution", "warning", "danger")
    return Card(
        children=[
            Table(children=rows),
            Row(
                gap=2,
                wrap="wrap",
                children=[Badge(label=color, color=color) for color in ("secondary", *colors[2:5], *colors[6:])],
            ),
            *[
                Row(
                    gap=2,
                    wrap="wrap",
                    children=[Button(label=color, color=color, variant=variant, size="sm") for color in colors],
                )
                for variant in ("solid", "soft", "outline", "ghost")
            ],
            Image(src="/static/favicon.svg", alt="The mark", size=48),
        ]
    )


async def form(chat: Chat, server: ScriptedServer) -> None:
    """A card that is a form."""
    server.turn().show(_form_card()).end()
    await chat.send("Book")
    await expect(chat.page.get_by_role("button", name="Book", exact=True)).to_be_visible()


async def menu(chat: Chat, server: ScriptedServer) -> None:
    """The form with its menu open."""
    await form(chat, server)
    await chat.page.get_by_role("combobox", name="Where to").click()
    await expect(chat.page.get_by_role("option", name="Rome")).to_be_visible()


async def calendar(chat: Chat, server: ScriptedServer) -> None:
    """The form with its calendar open."""
    await form(chat, server)
    await chat.page.get_by_label("When").first.click()
    await expect(chat.page.get_by_role("grid")).to_be_visible()


async def table(chat: Chat, server: ScriptedServer) -> None:
    """A table, badges and buttons of every colour."""
    server.turn().show(_table_card()).end()
    await chat.send("Table")
    await expect(chat.widgets.get_by_role("table")).to_be_visible()


async def listed(chat: Chat, server: ScriptedServer) -> None:
    """A list of rows that are buttons."""
    action = {"type": "open"}
    rows = [
        ListViewItem(
            onClickAction=action, children=[Col(children=[Text(value=f"Row {n}"), Caption(value="More of it")])]
        )
        for n in range(5)
    ]
    turn: Turn = server.turn()
    turn.show(ListView(children=rows, limit=3)).end()
    await chat.send("List")
    await expect(chat.widgets.get_by_text("Row 1")).to_be_visible()


SCRIPTED_STATES: dict[str, ShowScripted] = {
    show.__name__: show
    for show in (answering, markdown, failed, locked, closed, sources, form, menu, calendar, table, listed)
}
