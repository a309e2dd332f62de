"""What a chat is for, in every engine."""

from pathlib import Path

from chatkit.actions import ActionConfig
from chatkit.widgets import Button, Card, Checkbox, DatePicker, Input, RadioGroup, RadioOption, Select, SelectOption, Textarea
from tests.browser.scripted import ScriptedServer
from tests.engines.conftest import OpenPage


async def test_a_message_is_sent_and_answered(open_page: OpenPage, server: ScriptedServer) -> None:
    person = await open_page()
    server.answer("Good **morning**.")
    await person.send("Hello there")
    assert await person.text("[part=user-bubble]") == ["Hello there"]
    await person.reads("Good morning.")
    assert await person.text("[part=assistant-message] strong") == ["morning"]
