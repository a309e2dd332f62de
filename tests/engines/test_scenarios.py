"""What a chat is for, in every engine."""

import re
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from chatkit.types import StructuredInputItem, ThreadItemDoneEvent
from chatkit.widgets import Card
from tests.browser.scripted import ScriptedServer, Turn, assistant_message, user_message
from tests.engines.conftest import OpenPage
from tests.engines.person import Person

TAGS = """
    entities: {
        onTagSearch: async (query) =>
            ['Ada', 'Alan'].filter((name) => name.startsWith(query)).map((title) => ({ id: title, title })),
    },
"""
TOOLS = """
    composer: {
        tools: [{ id: 'web', label: 'Search', icon: 'globe' }, { id: 'draw', label: 'Draw', icon: 'images' }],
        models: [{ id: 'small', label: 'Small', default: true }, { id: 'large', label: 'Large' }],
    },
"""
FILES = "composer: { attachments: { enabled: true, maxCount: 10 } },"
DIAGRAMS = "thread: { diagrams: true },"
FLOW = "```mermaid\nflowchart LR\n  A[Ask] --> B[Answer]\n```\n"

FORM: dict[str, Any] = {
    "asForm": True,
    "confirm": {"label": "Save", "action": {"type": "save"}},
    "children": [
        {"type": "Input", "name": "mail", "placeholder": "Mail", "pattern": r"^[\w\.-]+@[\w\.-]+\.\w+$"},
        {"type": "Textarea", "name": "note", "placeholder": "Note", "autoResize": True, "rows": 1},
        {
            "type": "Select",
            "name": "size",
            "placeholder": "Size",
            "options": [{"value": "s", "label": "Small"}, {"value": "l", "label": "Large"}],
        },
        {"type": "DatePicker", "name": "day", "placeholder": "Day", "defaultValue": "2024-05-15"},
        {"type": "Checkbox", "name": "gift", "label": "A gift"},
        {
            "type": "RadioGroup",
            "name": "way",
            "ariaLabel": "Way",
            "options": [{"value": "post", "label": "Post"}, {"value": "bike", "label": "Bike"}],
        },
    ],
}


async def show(person: Person, server: ScriptedServer, widget: dict[str, Any]) -> None:
    """Has the server answer with a card."""
    server.turn().show(Card.model_validate(widget)).end()
    await person.send("Show it")
    await person.until("() => probe.find('[data-type=widget] > [part=widget]')")


async def has_focus(person: Person, selector: str) -> None:
    """When the focus is on what a selector finds."""
    await person.until("(selector) => probe.active()?.matches(selector)", selector)


async def test_a_message_is_sent_and_answered(open_page: OpenPage, server: ScriptedServer) -> None:
    person = await open_page()
    server.answer("Good **morning**.")
    await person.send("Hello there")
    assert await person.text("[part=user-bubble]") == ["Hello there"]
    await person.reads("Good morning.")
    assert await person.text("[part=assistant-message] strong") == ["morning"]


async def test_shift_and_enter_break_the_line(open_page: OpenPage, server: ScriptedServer) -> None:
    person = await open_page()
    server.answer("Yes.")
    await person.type("one")
    before = await person.box("[part=composer-input]")
    await person.keys("Shift+Enter", "two", "Shift+Enter", "three")
    assert await person.field() == "one\ntwo\nthree"
    assert (await person.box("[part=composer-input]"))["height"] >= before["height"] + 40
    await person.keys("Enter")
    await person.told("response.end")
    assert (await person.box("[part=composer-input]"))["height"] == before["height"]


async def test_an_answer_is_seen_while_it_streams(open_page: OpenPage, server: ScriptedServer) -> None:
    person = await open_page()
    turn = server.turn()
    await person.type("Go")
    await person.keys("Enter")
    turn.say("# Title\n\nSome **bo")
    await person.until("() => probe.shown().includes('Some bo')")
    await person.sees("button", "Stop answering")
    turn.say("ld** text.\n\n```python\nprint('x')\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n$x^2$\n").end()
    await person.told("response.end")
    assert await person.text("[part=assistant-message] strong") == ["bold"]
    assert await person.text("[part=assistant-message] td") == ["1", "2"]
    await person.until(
        "() => probe.find('[part=assistant-message] .hljs-built_in, [part=assistant-message] .hljs-string')"
    )
    await person.until("() => probe.find('[part=assistant-message] math msup')")


async def test_a_stopped_answer_keeps_what_there_is(open_page: OpenPage, server: ScriptedServer) -> None:
    person = await open_page()
    turn = server.turn().say("The beginning")
    await person.type("Go")
    await person.keys("Enter")
    await person.reads("The beginning")
    await person.press("button", "Stop answering")
    await turn.cancelled.wait()
    await person.told("response.end")
    await person.reads("The beginning")
    await has_focus(person, "[part=composer-input]")
    server.answer("Fine.")
    await person.send("Again")
    await person.reads("Fine.")


async def test_a_form_sends_what_was_filled_in(open_page: OpenPage, server: ScriptedServer, older: bool) -> None:
    person = await open_page(older=older)
    await show(person, server, FORM)
    await person.press("textbox", "Mail")
    await person.keys("ada")
    await person.press("button", "Save")
    await person.until("() => probe.find('[name=mail]').getAttribute('aria-invalid') === 'true'")
    await has_focus(person, "[name=mail]")
    await person.keys("@a.org", "Tab", "one")
    await has_focus(person, "[name=note]")
    await person.press("combobox", "Size")
    await person.press("option", "Large")
    await person.misses("listbox", "Size")
    await person.press_at("[data-type=widget] input[type=checkbox]")
    await person.press_at("[data-type=widget] input[value=bike]")
    await person.press("button", "Save")
    await person.until("() => told.filter(({ name }) => name === 'response.end').length === 2")
    (action,) = server.actions
    wanted = {"mail": "ada@a.org", "note": "one", "size": "l", "day": "2024-05-15", "gift": True, "way": "bike"}
    assert {name: (action.payload or {}).get(name) for name in wanted} == wanted


async def test_a_text_area_grows_with_its_text(open_page: OpenPage, server: ScriptedServer, older: bool) -> None:
    person = await open_page(older=older)
    await show(person, server, FORM)
    await person.press("textbox", "Note")
    before = (await person.box("[name=note]"))["height"]
    await person.keys("a", "Enter", "b", "Enter", "c")
    assert (await person.box("[name=note]"))["height"] >= before + 30
    hidden = "() => { const { scrollHeight: all, clientHeight: seen } = probe.find('[name=note]'); return all - seen; }"
    assert await person.evaluate(hidden) <= 1


async def test_a_question_shows_what_was_chosen(open_page: OpenPage, server: ScriptedServer, older: bool) -> None:
    person = await open_page(older=older)
    options = [{"value": value} for value in ("Tea", "Coffee", "Water")]
    question = {"type": "multiple_choice", "id": "drink", "question": "What?", "multiple": True, "options": options}

    def asked(turn: Turn) -> ThreadItemDoneEvent:
        made = {"id": "ask_1", "thread_id": turn.thread_id, "created_at": "2024-05-15T12:00:00Z", "inputs": [question]}
        return ThreadItemDoneEvent(item=StructuredInputItem.model_validate(made))

    server.turn().send(asked).end()
    await person.type("Ask")
    await person.keys("Enter")
    for chosen in (["Tea"], ["Tea", "Water"], ["Water"]):
        await person.press_at(f".choice:nth-child({1 if chosen != ['Tea', 'Water'] else 3})")
        mark = "getComputedStyle(each.querySelector('svg')).visibility === 'visible'"
        seen = f"probe.all('.choice').every((each) => ({mark}) === chosen.includes(each.textContent))"
        await person.until(f"(chosen) => {seen}", chosen)
    await person.press_at(".question-own")
    before = (await person.box(".question-own"))["height"]
    await person.keys("x", "Shift+Enter", "y", "Shift+Enter", "z")
    assert (await person.box(".question-own"))["height"] >= before + 40
    server.answer("Noted.")
    await person.press("button", "Submit")
    await person.reads("Noted.")


async def test_menus_open_at_their_buttons_and_close(open_page: OpenPage, older: bool) -> None:
    person = await open_page(TOOLS, older=older)
    await person.press_at("[part=model-button]")
    await person.sees("menuitem", "Large")
    button, menu = await person.box("[part=model-button]"), await person.box(".menu-layer")
    assert menu["bottom"] <= button["top"] + 1
    assert menu["top"] > 0
    await person.keys("Escape")
    await person.misses("menuitem", "Large")
    await person.press("button", "Tools")
    await person.press("menuitem", "Search")
    await person.misses("menuitem", "Search")
    await person.sees("button", "Stop using Search")
    await has_focus(person, "[part=composer-input]")


async def test_dates_are_chosen_with_the_keyboard(open_page: OpenPage, server: ScriptedServer, older: bool) -> None:
    person = await open_page(older=older)
    await show(person, server, FORM)
    await person.press_at("[data-type=widget] button[aria-haspopup=dialog]")
    await person.until("() => probe.find('.w-calendar')")
    await has_focus(person, ".w-day")
    await person.keys("ArrowRight", "Enter")
    await person.until("() => !probe.find('.w-calendar')")
    await person.press("button", "Save")
    await person.told("response.end", 2)
    assert (server.actions[0].payload or {})["day"] == "2024-05-16"


async def test_conversations_are_opened_renamed_and_deleted(open_page: OpenPage, server: ScriptedServer) -> None:
    for name in ("Tea", "Coffee"):
        await server.put_thread(name, user_message(f"About {name}"), assistant_message("", f"{name} is good."))
    person = await open_page()
    await person.press("button", "Chat history")
    await person.press("button", "Coffee")
    await person.reads("Coffee is good.")
    await person.press("button", "Chat history")
    await person.press("button", "Rename “Tea”")
    await has_focus(person, ".history-name")
    await person.keys("Green ", "Enter")
    await person.until(
        "() => probe.all('.history-open').map(({ textContent }) => textContent).some((each) => each.includes('Green'))"
    )
    await person.press("button", "Delete “Coffee”")
    await person.press("button", "Delete")
    await person.until("() => probe.all('.history-open').length === 1")
    await person.keys("Escape")
    await person.until("() => probe.find('[part=history]') === null")


async def test_a_file_is_chosen_uploaded_and_sent(open_page: OpenPage, server: ScriptedServer, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Remember the milk.")
    person = await open_page(FILES)
    await person.attach(file)
    await person.until("() => probe.find('.tile') && !probe.find('[role=progressbar]')")
    turn = server.answer("Read.")
    await person.send("Read it")
    await person.reads("Read.")
    assert turn.message is not None
    assert [each.name for each in turn.message.attachments] == ["notes.txt"]
    assert list(server.files.contents.values()) == [b"Remember the milk."]


async def test_files_have_room_at_every_width(open_page: OpenPage, tmp_path: Path) -> None:
    person = await open_page(FILES, width=1200)
    files = [tmp_path / f"a file with a long name {number}.txt" for number in range(6)]
    for file in files:
        file.write_text("x")
    await person.attach(*files)
    await person.until("() => probe.all('.tile').length === 6 && !probe.find('[role=progressbar]')")
    for width in (1200, 700, 420, 1000):
        await person.window.resize(width, 700)
        await person.evaluate("() => probe.frames(3)")
        tray, field, form = [await person.box(name) for name in (".tray", "[part=composer-input]", "[part=composer]")]
        assert tray["bottom"] <= field["top"] + 1, width
        assert tray["right"] <= form["right"] + 1, width
        assert field["bottom"] <= form["bottom"], width


COMPOSING: dict[str, list[tuple[str, dict[str, Any]]]] = {
    # Chromium and Firefox: the Enter that ends a composition belongs to it.
    "before": [("keydown", {"keyCode": 229, "isComposing": True}), ("compositionend", {})],
    # Safari: the composition is over when its Enter comes.
    "after": [("compositionend", {}), ("keydown", {"keyCode": 229, "isComposing": False})],
}


@pytest.mark.parametrize("order", COMPOSING)
@pytest.mark.parametrize("options", ["", TAGS], ids=["plain", "rich"])
async def test_enter_that_ends_a_composition_sends_nothing(
    open_page: OpenPage, server: ScriptedServer, order: str, options: str
) -> None:
    person = await open_page(options)
    await person.until(f"() => probe.find('{'.composer-rich' if options else '.composer-field'}')")
    await person.type("n")
    events = [("compositionstart", {}), *COMPOSING[order]]
    await person.evaluate(
        """(events) => {
            const field = probe.active();
            for (const [type, more] of events) {
                const made = type === 'keydown' ? KeyboardEvent : CompositionEvent;
                const always = { key: 'Enter', bubbles: true, composed: true, cancelable: true };
                field.dispatchEvent(new made(type, { ...always, ...more }));
            }
        }""",
        events,
    )
    assert await person.field() == "n"
    assert await person.text("[part=user-bubble]") == []
    server.answer("Yes.")
    await person.keys("Enter")
    await person.told("response.end")
    assert await person.text("[part=user-bubble]") == ["n"]


async def test_a_reload_brings_back_conversation_and_draft(open_page: OpenPage, server: ScriptedServer) -> None:
    thread = await server.put_conversation(30)
    person = await open_page()
    await person.evaluate("(id) => probe.element().setThreadId(id)", thread.id)
    await person.reads("Answer 30")
    await person.type("half a")
    await person.window.reload()
    await person.opened()
    await person.evaluate("(id) => probe.element().setThreadId(id)", thread.id)
    await person.reads("Answer 30")
    await person.until("() => probe.find('[part=composer-input]').value === 'half a'")
    below = "const { scrollTop, scrollHeight, clientHeight } = probe.find('.thread');"
    await person.until(f"() => {{ {below} return scrollHeight - scrollTop - clientHeight < 4; }}")


async def test_mentions_are_typed_chosen_and_sent(open_page: OpenPage, server: ScriptedServer, older: bool) -> None:
    person = await open_page(TAGS, older=older)
    await person.until("() => probe.find('.composer-rich')")
    turn = server.answer("Hello.")
    await person.type("To @Al")
    await person.misses("option", "Ada")
    await person.sees("option", "Alan")
    await person.keys("Enter")
    await person.until("() => probe.find('[part=composer-input] .tag')")
    await person.keys("now", "Enter")
    await person.told("response.end")
    assert turn.message is not None
    assert [(part.type, part.text.strip()) for part in turn.message.content] == [
        ("input_text", "To"),
        ("input_tag", "Alan"),
        ("input_text", "now"),
    ]


async def test_only_text_gets_into_a_message(open_page: OpenPage, server: ScriptedServer, older: bool) -> None:
    person = await open_page(TAGS, older=older)
    await person.until("() => probe.find('.composer-rich')")
    await person.type("a")
    await person.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.setData('text/plain', 'bold');
            dataTransfer.setData('text/html', '<b>bold</b><img src=x>');
            const always = { bubbles: true, cancelable: true };
            const event = new InputEvent('beforeinput', { inputType: 'insertFromPaste', ...always });
            // WebKit takes none when an event is made.
            Object.defineProperty(event, 'dataTransfer', { value: dataTransfer });
            probe.find('[part=composer-input]').dispatchEvent(event);
        }"""
    )
    assert await person.evaluate("() => probe.find('[part=composer-input]').querySelectorAll('b, img').length") == 0
    assert await person.field() == ("abold" if older else "a")


async def test_diagrams_are_drawn(open_page: OpenPage, server: ScriptedServer) -> None:
    person = await open_page(DIAGRAMS)
    server.answer(f"So:\n\n{FLOW}\nDone.")
    await person.send("Draw it")
    await person.until("() => probe.all('.ck-diagram-picture').some(({ naturalWidth }) => naturalWidth > 50)")
    await person.until("() => probe.all('iframe').length === 0")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_colours_follow_the_scheme(open_page: OpenPage, server: ScriptedServer, scheme: str, older: bool) -> None:
    person = await open_page(f"theme: '{scheme}',", older=older)
    badge = {"type": "Badge", "label": "Ready", "color": "success", "variant": "soft"}
    other = {"type": "Text", "value": "Own", "color": {"light": "#aa0000", "dark": "#ffaaaa"}}
    await show(person, server, {"children": [badge, other]})
    told = await person.evaluate(
        """() => {
            const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
            const light = (color) => {
                canvas.clearRect(0, 0, 1, 1);
                canvas.fillStyle = color;
                canvas.fillRect(0, 0, 1, 1);
                const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
                return (red + green + blue) / 3;
            };
            const of = (node) => getComputedStyle(node);
            const own = probe.all('[part=widget] *').filter((node) => node.textContent === 'Own').at(-1);
            return {
                page: light(of(probe.element()).backgroundColor),
                text: light(of(probe.element()).color),
                badge: light(of(probe.find('.w-badge')).color),
                own: of(own).color,
                send: [light(of(probe.find('.send')).backgroundColor), light(of(probe.find('.send')).color)],
            };
        }"""
    )
    dark = scheme == "dark"
    assert (told["page"] < 100) is dark
    assert (told["text"] > 150) is dark
    assert (told["badge"] > 120) is dark, told
    assert told["own"] == ("rgb(255, 170, 170)" if dark else "rgb(170, 0, 0)")


async def test_right_to_left_is_laid_out_so(open_page: OpenPage, server: ScriptedServer, older: bool) -> None:
    person = await open_page(locale="ar", older=older)
    server.answer("مرحبا")
    await person.send("س")
    bubble, root = await person.box("[part=user-bubble]"), await person.box("[part=root]")
    assert bubble["left"] - root["left"] < root["right"] - bubble["right"]


def pages_of(pdf: bytes) -> int:
    """How many pages a document has. Firefox keeps what tells of them compressed."""
    parts = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        with suppress(zlib.error):
            parts.append(zlib.decompress(stream))
    return sum(len(re.findall(rb"/Type\s*/Page\b", part)) for part in parts)


async def test_what_is_printed_is_the_whole_conversation(open_page: OpenPage, server: ScriptedServer) -> None:
    thread = await server.put_conversation(30)
    person = await open_page()
    await person.evaluate("(id) => probe.element().setThreadId(id)", thread.id)
    await person.reads("Answer 30")
    printed = await person.window.printed()
    if printed is not None:
        assert pages_of(printed) > 1
        return
    # WebKit's driver does not print: the styles for paper are put on the screen.
    await person.evaluate("() => hands.print()")
    await person.until("() => probe.element().getBoundingClientRect().height > 2 * innerHeight")


async def test_paper_has_the_light_colours(open_page: OpenPage, server: ScriptedServer) -> None:
    person = await open_page("theme: 'dark',")
    own = {"type": "Text", "value": "Own", "color": {"light": "#aa0000", "dark": "#ffaaaa"}}
    await show(person, server, {"children": [own]})
    node = "probe.all('[part=widget] *').filter((node) => node.textContent === 'Own').at(-1)"
    assert await person.evaluate(f"() => getComputedStyle({node}).color") == "rgb(255, 170, 170)"
    await person.evaluate("() => hands.print()")
    await person.until(f"() => getComputedStyle({node}).color === 'rgb(170, 0, 0)'")
