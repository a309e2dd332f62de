"""What a page adds to the element: widget components and actions of its own."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from chatkit.actions import ActionConfig
from chatkit.types import ToolCallItem
from chatkit.widgets import Card, CardAction, DynamicWidgetComponent, Label, Text
from tests.browser.conftest import OpenChat, Serve
from tests.browser.scripted import ScriptedServer, assistant_message, page_app, user_message

pytestmark = pytest.mark.ours_only("What a page adds does not depend on the server.")

REGISTER = """customElements.get('openai-chatkit').registerWidget('Map', (props, host) => {
    const element = document.createElement('button');
    const update = ({ city }) => { element.textContent = `Map of ${city}`; };
    update(props);
    element.onclick = () => host.runAction({ type: 'map.open', payload: { city: element.textContent } });
    return { element, update };
})"""


FIELD = """customElements.get('openai-chatkit').registerWidget('Level', {
    fields: { name: { type: 'string', required: true }, value: { type: 'integer' } },
    render({ name, value }, host) {
        const element = Object.assign(document.createElement('input'), { type: 'range', min: 1, max: 5 });
        const field = host.field(name, { value, show: (level) => { element.value = level; } });
        element.id = field.id;
        element.addEventListener('input', () => field.set(element.valueAsNumber), { signal: host.signal });
        return element;
    },
})"""


@pytest.mark.shows("own:registerWidget")
async def test_a_component_of_the_page_shows_and_acts(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    oslo = DynamicWidgetComponent.model_validate({"type": "Map", "city": "Oslo"})
    server.turn().show(Card(children=[Text(value="Here"), oslo])).end()
    await chat.send("Where?")
    await expect(chat.widgets).to_have_text(["Here"])
    await chat.page.evaluate(REGISTER)
    await chat.page.get_by_role("button", name="Map of Oslo").click()
    await chat.told_name("response.end", 2)
    assert [(action.type, action.payload) for action in server.actions] == [("map.open", {"city": "Map of Oslo"})]


async def test_a_field_of_the_page_goes_with_its_form_by_keyboard(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    await chat.page.evaluate(FIELD)
    level = DynamicWidgetComponent.model_validate({"type": "Level", "name": "level", "value": 2})
    send = CardAction(label="Send", action=ActionConfig(type="levels.set"))
    card = Card(asForm=True, children=[Label(value="Level", fieldName="level"), level], confirm=send)
    server.turn().show(card).end()
    await chat.send("How?")
    await chat.page.get_by_role("slider", name="Level").press("ArrowRight")
    await chat.page.keyboard.press("Tab")
    await chat.page.keyboard.press("Enter")
    await chat.told_name("response.end", 2)
    assert [action.payload for action in server.actions] == [{"level": 3}]


async def test_one_element_draws_the_calls_of_a_tool_and_the_other_does_not(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    call = ToolCallItem(
        id="call",
        thread_id="",
        created_at=datetime.now(UTC),
        call_id="c",
        name="get_tides",
        status="completed",
        output=[1, 2],
    )
    thread = await server.put_thread("Tides", user_message("When?"), call)
    one = f'<openai-chatkit url="/chatkit" thread-id="{thread.id}"></openai-chatkit>'
    chat = await open_chat(await serve(page_app(server, one + one)), "/page", ready=False)
    built_in = chat.page.locator("[part=tool-call]")
    await expect(built_in).to_have_count(2)
    await chat.page.evaluate(
        """probe.element().registerToolCall('get_tides', ({ output }) => {
            const element = document.createElement('p');
            element.textContent = `Tides: ${output.join()}`;
            return element;
        })"""
    )
    await expect(chat.page.locator("[part~=custom-tool-get_tides]")).to_have_text(["Tides: 1,2"])
    await expect(built_in).to_have_count(1)


@pytest.mark.shows("own:slot.message-actions", "own:event.chatkit.message.action")
async def test_actions_of_the_page_stand_beside_messages(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    items = [user_message("One"), assistant_message("", "A"), user_message("Two"), assistant_message("", "B")]
    thread = await server.put_thread("A talk", *items)
    body = (
        f'<openai-chatkit url="/chatkit" thread-id="{thread.id}">'
        '<template slot="message-actions"><button part="share" data-action="share"><b>Share</b></button></template>'
        f'<button slot="message-actions-{items[0].id}">Pin</button></openai-chatkit>'
    )
    chat = await open_chat(await serve(page_app(server, body)), "/page")
    share = chat.page.get_by_role("button", name="Share")
    await expect(share).to_have_count(2)
    await chat.page.evaluate(
        "probe.element().addEventListener('chatkit.message.action', ({ detail }) => { window.acted = detail; })"
    )
    await share.last.click()
    assert await chat.page.evaluate("acted") == {"name": "share", "itemId": items[3].id}
    await expect(chat.page.get_by_role("button", name="Pin")).to_be_visible()
    pinned = "probe.element().querySelector('[slot^=message-actions-]').assignedSlot.closest('.row').dataset.type"
    assert await chat.page.evaluate(pinned) == "user_message"
    await chat.page.evaluate("probe.element().querySelector('template').remove()")
    await expect(share).to_have_count(0)
