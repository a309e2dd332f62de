"""axe-core has nothing to report, whatever is shown, in both colours, on a desk and on a phone."""

import pytest

from tests.browser.accessibility import findings
from tests.browser.chat import Chat, shot
from tests.browser.conftest import OpenChat
from tests.browser.gallery import DEMO_STATES, SCRIPTED_STATES
from tests.browser.scripted import ScriptedServer

WIDTHS = {"desk": 1280, "phone": 360}


async def assert_accessible(chat: Chat, name: str) -> None:
    """In light and dark: the state is made once and its colours are changed."""
    found: dict[str, list[str]] = {}
    for scheme in ("light", "dark"):
        await chat.page.emulate_media(color_scheme=scheme)
        await chat.until(f"document.documentElement.dataset.scheme === {scheme!r}")
        await chat.frames()
        await shot(chat.page, f"{name}-{scheme}")
        found[scheme] = await findings(chat.page)
    assert found == {"light": [], "dark": []}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("state", DEMO_STATES)
async def test_the_demo_is_accessible(open_chat: OpenChat, demo: str, state: str, width: str) -> None:
    chat = await open_chat(demo, width=WIDTHS[width], height=800, bypass_csp=True, reduced_motion="reduce")
    await DEMO_STATES[state](chat)
    await assert_accessible(chat, f"{state}-{width}")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("state", SCRIPTED_STATES)
async def test_what_servers_can_show_is_accessible(
    open_chat: OpenChat, scripted: str, server: ScriptedServer, state: str, width: str
) -> None:
    chat = await open_chat(scripted, width=WIDTHS[width], height=800, bypass_csp=True, reduced_motion="reduce")
    await SCRIPTED_STATES[state](chat, server)
    await assert_accessible(chat, f"{state}-{width}")
