"""Mentions with `@` and commands with `/`: searched, chosen, shown, removed, sent."""

import asyncio

import pytest
from playwright.async_api import Locator, Route, expect

from chatkit.types import UserMessageTagContent
from tests.browser.chat import Chat
from tests.browser.conftest import OpenWith
from tests.browser.scripted import ScriptedServer

PEOPLE = """
    entities: {
        showComposerMenu: true,
        onTagSearch: async (query) => {
            (window.searches ??= []).push(query);
            const all = [
                {
                    id: 'ada', title: 'Ada Lovelace', group: 'People', icon: 'profile', interactive: true,
                    data: { role: 'admin' },
                },
                { id: 'plan', title: 'Adventure plan', group: 'Files', icon: 'document' },
                { id: 'bob', title: 'Bob Adams', group: 'People', icon: 'profile' },
            ];
            return all.filter(({ title }) => title.toLowerCase().includes(query.toLowerCase()));
        },
        onClick: (entity) => { (window.clicked ??= []).push(entity); },
        onRequestPreview: async (entity) => {
            (window.previewed ??= []).push(entity.id);
            const text = { type: 'Text', value: 'Wrote the first program.' };
            return { preview: { type: 'Basic', children: [{ type: 'Title', value: entity.title }, text] } };
        },
    },
"""

COMMANDS = """
    composer: {
        attachments: { enabled: true },
        tools: [{ id: 'web', label: 'Search the web', icon: 'globe' }],
    },
    commands: {
        enabled: true,
        onSearch: async (query) => [
            { id: 'insert', label: 'Insert a file', description: 'As a mention', icon: 'document' },
            { id: 'more', label: 'More of them', icon: 'chevron-right' },
            { id: 'party', label: 'Party', group: 'Fun' },
            { id: 'broken', label: 'Break it', group: 'Fun' },
        ].filter(({ label }) => label.toLowerCase().includes(query.toLowerCase())),
        onSelect: async ({ id }) => {
            (window.ran ??= []).push(id);
            if (id === 'insert') return { type: 'entity', entity: { id: 'f1', title: 'report.pdf' } };
            const deeper = [{ id: 'deep', label: 'Deeper' }, { id: 'insert', label: 'File' }];
            if (id === 'more') return { type: 'menu', commands: deeper };
            if (id === 'deep') return { type: 'menu', commands: [{ id: 'party', label: 'At the bottom' }] };
            if (id === 'broken') throw new Error('The command is broken.');
        },
    },
"""


def suggestions(chat: Chat) -> Locator:
    return chat.part("suggestions").get_by_role("option")


async def active(chat: Chat) -> str:
    """The entry that the field names as the active one."""
    return await chat.page.evaluate(
        "probe.root().getElementById(probe.active().getAttribute('aria-activedescendant')).textContent"
    )


async def becomes_active(chat: Chat, label: str) -> None:
    """Waits until the suggestion with that label is the active one."""
    await expect(suggestions(chat).and_(chat.page.locator("[aria-selected=true]"))).to_contain_text(label)


@pytest.mark.shows("option:entities.onTagSearch", "type:Entity.group")
async def test_mentions_are_searched_and_stand_in_groups(open_with: OpenWith) -> None:
    chat = await open_with(PEOPLE)
    await chat.composer.press_sequentially("Ask @")
    listed = chat.page.get_by_role("listbox", name="Mentions")
    await expect(suggestions(chat)).to_have_text(["Ada Lovelace", "Bob Adams", "Adventure plan"])
    await expect(listed).to_contain_text("PeopleAda LovelaceBob AdamsFilesAdventure plan")
    await expect(suggestions(chat).locator("svg")).to_have_count(3)
    await chat.composer.press_sequentially("adv")
    await expect(suggestions(chat)).to_have_text(["Adventure plan"])
    assert (await chat.page.evaluate("searches"))[-1] == "adv"
    await chat.composer.press_sequentially("zzz")
    await expect(chat.part("suggestions")).to_contain_text("Nothing found")
    await chat.composer.press_sequentially(" and")
    await expect(chat.part("suggestions")).to_have_count(0)
    await expect(chat.composer).to_have_text("Ask @advzzz and")


async def test_what_was_gone_to_stays_when_a_newer_list_comes(open_with: OpenWith) -> None:
    chat = await open_with(PEOPLE)
    await chat.composer.press_sequentially("@a")
    await becomes_active(chat, "Ada Lovelace")
    await chat.page.keyboard.press("ArrowDown")
    await becomes_active(chat, "Bob Adams")
    await chat.page.keyboard.press("d")
    await expect(suggestions(chat)).to_have_count(3)
    await chat.until("probe.find('[part=suggestions] .spinner') === null")
    await becomes_active(chat, "Bob Adams")
    await chat.page.keyboard.press("v")
    await expect(suggestions(chat)).to_have_count(1)
    await becomes_active(chat, "Adventure plan")


async def test_a_mention_is_chosen_by_keyboard_and_sent_as_a_tag(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(PEOPLE)
    turn = server.turn()
    keyboard = chat.page.keyboard
    await chat.composer.press_sequentially("Ask @ad")
    await expect(suggestions(chat)).to_have_count(3)
    await becomes_active(chat, "Ada Lovelace")
    await keyboard.press("ArrowUp")
    await becomes_active(chat, "Adventure plan")
    await keyboard.press("ArrowDown")
    await keyboard.press("ArrowDown")
    await becomes_active(chat, "Bob Adams")
    await keyboard.press("ArrowUp")
    await keyboard.press("Enter")
    await expect(chat.part("suggestions")).to_have_count(0)
    await expect(chat.composer.locator("[part=tag]")).to_have_text(["Ada Lovelace"])
    await keyboard.type("about it, and @bob")
    await expect(suggestions(chat)).to_have_text(["Bob Adams"])
    await keyboard.press("Tab")
    await expect(chat.composer).to_have_text("Ask Ada Lovelace about it, and Bob Adams ")
    await keyboard.press("Enter")
    message = (await turn.begun()).message
    assert message is not None
    assert [part.text for part in message.content] == ["Ask ", "Ada Lovelace", " about it, and ", "Bob Adams"]
    first = message.content[1]
    assert isinstance(first, UserMessageTagContent)
    assert (first.id, first.group, first.interactive, first.data) == ("ada", "People", True, {"role": "admin"})
    await expect(chat.composer).to_have_text("")
    turn.say("Sure.").end()
    await chat.idle()
    await expect(chat.said.locator("[part=tag]")).to_have_text(["Ada Lovelace", "Bob Adams"])


async def test_backspace_removes_a_mention_whole_and_undo_brings_it_back(open_with: OpenWith) -> None:
    chat = await open_with(PEOPLE)
    chips = chat.composer.locator("[part=tag]")
    await chat.composer.press_sequentially("Ask @ada")
    await suggestions(chat).first.click()
    await expect(chips).to_have_count(1)
    await expect(chat.composer).to_be_focused()
    await chat.page.keyboard.press("Backspace")
    await expect(chips).to_have_count(1)
    await chat.page.keyboard.press("Backspace")
    await expect(chips).to_have_count(0)
    await expect(chat.composer).to_have_text("Ask ")
    await chat.page.keyboard.press("Control+z")
    await expect(chips).to_have_text(["Ada Lovelace"])
    await chat.page.keyboard.press("Control+Shift+z")
    await expect(chips).to_have_count(0)


async def test_what_is_done_right_after_the_page_was_opened_can_be_undone_too(open_with: OpenWith) -> None:
    chat = await open_with(PEOPLE)
    await chat.page.evaluate("performance.now = () => 100")
    chips = chat.composer.locator("[part=tag]")
    await chat.composer.press_sequentially("Ask @ada")
    await suggestions(chat).first.click()
    await expect(chips).to_have_count(1)
    for _ in range(2):
        await chat.page.keyboard.press("Backspace")
    await expect(chips).to_have_count(0)
    await chat.page.keyboard.press("Control+z")
    await expect(chips).to_have_text(["Ada Lovelace"])


async def test_escape_leaves_what_was_typed(open_with: OpenWith) -> None:
    chat = await open_with(PEOPLE)
    await chat.composer.press_sequentially("Ask @ad")
    await expect(suggestions(chat)).to_have_count(3)
    await chat.page.keyboard.press("Escape")
    await expect(chat.part("suggestions")).to_have_count(0)
    await expect(chat.composer).to_have_text("Ask @ad")
    await expect(chat.composer).to_be_focused()
    await chat.page.keyboard.type("a")
    await chat.frames(10)
    await expect(chat.part("suggestions")).to_have_count(0)


async def test_an_at_inside_a_word_is_no_mention(open_with: OpenWith) -> None:
    chat = await open_with(PEOPLE)
    await chat.composer.press_sequentially("Write to ada@lovelace.example")
    await chat.frames(10)
    await expect(chat.part("suggestions")).to_have_count(0)
    assert await chat.page.evaluate("window.searches") is None


async def test_nothing_typed_is_lost_while_the_field_becomes_a_richer_one(open_with: OpenWith) -> None:
    chat = await open_with()
    there = asyncio.Event()

    async def later(route: Route) -> None:
        await there.wait()
        await route.continue_()

    await chat.page.route("**/assets/**", later)
    await chat.composer.press_sequentially("Ask @a")
    await chat.options(PEOPLE)
    there.set()
    while not await chat.page.locator(".composer-rich").count():
        await chat.page.keyboard.type("d")
        await chat.page.keyboard.press("Backspace")
    await chat.page.keyboard.type("d")
    await expect(chat.composer).to_be_focused()
    await chat.page.keyboard.type("a")
    await expect(suggestions(chat)).to_have_text(["Ada Lovelace", "Bob Adams"])
    await expect(chat.composer).to_have_text("Ask @ada")


@pytest.mark.shows("option:entities.showComposerMenu")
async def test_the_button_begins_a_mention(open_with: OpenWith) -> None:
    chat = await open_with(PEOPLE)
    await chat.composer.press_sequentially("Ask")
    await chat.page.get_by_role("button", name="Mention something").click()
    await expect(chat.composer).to_have_text("Ask @")
    await expect(chat.composer).to_be_focused()
    await expect(suggestions(chat)).to_have_count(3)


async def test_a_late_answer_to_an_older_search_is_not_shown(open_with: OpenWith) -> None:
    chat = await open_with(
        """entities: {
            onTagSearch: (query) => new Promise((answer) => {
                (window.asked ??= {})[query] = () => answer([{ id: query, title: `For ${query}` }]);
            }),
        },"""
    )
    await chat.composer.press_sequentially("@a")
    await chat.until("window.asked?.a")
    await expect(chat.part("suggestions")).to_contain_text("Searching")
    await chat.composer.press_sequentially("b")
    await chat.until("window.asked?.ab")
    await chat.page.evaluate("asked.ab()")
    await expect(suggestions(chat)).to_have_text(["For ab"])
    await chat.page.evaluate("asked.a()")
    await chat.frames(4)
    await expect(suggestions(chat)).to_have_text(["For ab"])


async def test_a_search_that_fails_says_so_and_typing_goes_on(open_with: OpenWith) -> None:
    chat = await open_with("entities: { onTagSearch: async () => { throw new Error('No index.') } },")
    await chat.composer.press_sequentially("@a")
    await expect(chat.part("suggestions")).to_contain_text("The suggestions could not be loaded.")
    assert {event["error"]["message"] for event in await chat.told("error")} == {"No index."}
    await chat.page.keyboard.press("Enter")
    await expect(chat.said).to_have_text(["@a"])


@pytest.mark.shows("option:entities.onRequestPreview", "option:entities.onClick")
async def test_entities_have_previews_and_can_be_opened(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(PEOPLE)
    preview = chat.part("entity-preview")
    await chat.composer.press_sequentially("Ask @ada")
    await suggestions(chat).first.click()
    await chat.composer.locator("[part=tag]").hover()
    await expect(preview).to_contain_text("Wrote the first program.")
    await chat.page.mouse.move(5, 5)
    await expect(preview).to_have_count(0)
    server.answer("Fine.")
    await chat.composer.press("Enter")
    await expect(chat.answer).to_contain_text("Fine.")
    await chat.idle()
    tag = chat.said.get_by_role("button", name="Ada Lovelace")
    await tag.focus()
    await expect(preview).to_contain_text("Wrote the first program.")
    await chat.page.keyboard.press("Escape")
    await expect(preview).to_have_count(0)
    await tag.click()
    assert await chat.page.evaluate("clicked") == [
        {"id": "ada", "title": "Ada Lovelace", "interactive": True, "group": "People", "data": {"role": "admin"}}
    ]
    await chat.reload()
    await expect(chat.greeting).to_be_visible()


@pytest.mark.shows("option:commands.onSearch")
async def test_commands_are_described_and_searched(open_with: OpenWith) -> None:
    chat = await open_with(COMMANDS)
    await chat.composer.press_sequentially("/")
    listed = chat.page.get_by_role("listbox", name="Commands")
    await expect(listed).to_contain_text("As a mention")
    await expect(suggestions(chat)).to_have_text(
        ["Insert a fileAs a mention", "More of them", "Party", "Break it", "Attach files", "Search the web"]
    )
    await chat.composer.press_sequentially("sea")
    await expect(suggestions(chat)).to_have_text(["Search the web"])
    await chat.page.keyboard.press("Enter")
    await expect(chat.composer).to_have_text("")
    await expect(chat.page.get_by_role("button", name="Stop using Search the web")).to_be_visible()
    assert [event["toolId"] for event in await chat.told("tool.change")] == ["web"]


@pytest.mark.shows("type:CommandSelection.menu")
async def test_menus_of_commands_nest_and_escape_goes_back(open_with: OpenWith) -> None:
    chat = await open_with(COMMANDS)
    keyboard = chat.page.keyboard
    await chat.composer.press_sequentially("Now /more")
    await expect(suggestions(chat)).to_have_text(["More of them"])
    await keyboard.press("Enter")
    await expect(suggestions(chat)).to_have_text(["Deeper", "File"])
    await expect(chat.composer).to_have_text("Now /")
    await keyboard.type("dee")
    await expect(suggestions(chat)).to_have_text(["Deeper"])
    await keyboard.press("Enter")
    await expect(suggestions(chat)).to_have_text(["At the bottom"])
    await keyboard.press("Escape")
    await expect(suggestions(chat)).to_have_text(["Deeper", "File"])
    await keyboard.press("ArrowDown")
    await keyboard.press("Enter")
    await expect(chat.composer.locator("[part=tag]")).to_have_text(["report.pdf"])
    await expect(chat.composer).to_have_text("Now report.pdf ")
    assert await chat.page.evaluate("ran") == ["more", "deep", "insert"]
    await expect(chat.composer).to_be_focused()


async def test_a_command_without_a_result_only_runs(open_with: OpenWith) -> None:
    chat = await open_with(COMMANDS)
    await chat.composer.press_sequentially("/par")
    await expect(suggestions(chat)).to_have_text(["Party"])  # it moves no more
    await suggestions(chat).click()
    await expect(chat.composer).to_have_text("")
    await expect(chat.part("suggestions")).to_have_count(0)
    assert await chat.page.evaluate("ran") == ["party"]
    await expect(chat.said).to_have_count(0)


async def test_a_command_that_fails_is_told(open_with: OpenWith) -> None:
    chat = await open_with(COMMANDS)
    await chat.composer.press_sequentially("/break")
    await expect(suggestions(chat)).to_have_text(["Break it"])
    await chat.page.keyboard.press("Enter")
    await expect(chat.part("composer-problem")).to_have_text("“Break it” did not finish")
    assert [event["error"]["message"] for event in await chat.told("error")] == ["The command is broken."]
    await chat.part("composer-problem").get_by_role("button", name="Dismiss").click()
    await expect(chat.part("composer-problem")).to_be_hidden()
    await expect(chat.composer).to_be_focused()


async def test_a_slash_inside_a_path_is_no_command(open_with: OpenWith) -> None:
    chat = await open_with(COMMANDS)
    await chat.composer.press_sequentially("See docs/intro and 1/2")
    await chat.frames(10)
    await expect(chat.part("suggestions")).to_have_count(0)
