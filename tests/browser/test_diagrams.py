"""Mermaid code blocks as pictures, under the policy that every test's page has."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.browser.chat import Chat, shot
from tests.browser.conftest import OpenWith
from tests.browser.scripted import ScriptedServer

pytestmark = pytest.mark.ours_only("What an answer's text looks like does not depend on who sent it.")

ON = "thread: { diagrams: true }"
FLOW = """```mermaid
flowchart LR
  A[Ask] --> B{Known?}
  B -- yes --> C[Answer]
  B -- no --> D[Look it up] --> C
```
"""
SEQUENCE = """```mermaid
sequenceDiagram
  title: Sign in
  Ada->>Server: password
  Note over Ada,Server: over TLS
  Server-->>Ada: cookie
```
"""
HOSTILE = """```mermaid
---
config:
  securityLevel: loose
  htmlLabels: true
  flowchart: { htmlLabels: true }
  themeCSS: "* { background: url(https://evil.example/a.png) } @import 'https://evil.example/b.css';"
---
flowchart LR
  A["<img src='https://evil.example/c.png' onerror='parent.document.title=1'>"]
  A --> B["<b>bold</b><script>alert(1)</script>"]
  click A call alert(1)
  click B "javascript:alert(1)"
  style B fill:url(https://evil.example/d.png)
  C@{ img: "https://evil.example/e.png", label: "picture" }
```
"""


def pictures(chat: Chat) -> Locator:
    """The diagrams that are drawn."""
    return chat.answer.locator(".ck-diagram-picture")


async def answered(open_with: OpenWith, server: ScriptedServer, text: str, options: str = ON, **view: str) -> Chat:
    """A chat in which that was answered."""
    chat = await open_with(options, **view)
    server.answer(text)
    await chat.send("Draw it")
    return chat


async def frames_gone(chat: Chat) -> None:
    """When nothing is being drawn any more."""
    await expect(chat.page.locator("iframe")).to_have_count(0)


@pytest.mark.shows("own:thread.diagrams")
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_mermaid_is_drawn(open_with: OpenWith, server: ScriptedServer, scheme: str) -> None:
    chat = await answered(open_with, server, f"So:\n\n{FLOW}\nAnd:\n\n{SEQUENCE}\nDone.", f"{ON}, theme: '{scheme}'")
    await expect(pictures(chat)).to_have_count(2)
    assert await pictures(chat).evaluate_all(
        "(all) => all.every((each) => each.naturalWidth > 100 && each.naturalHeight > 40)"
    )
    await expect(chat.page.get_by_role("img", name="Diagram", exact=True)).to_be_visible()
    await expect(chat.page.get_by_role("img", name="Sign in", exact=True)).to_be_visible()
    source = chat.answer.locator("pre").first
    await expect(source).to_be_hidden()
    await shot(chat.page, f"diagrams-{scheme}")
    await chat.answer.get_by_text("Code", exact=True).first.click()
    await expect(source).to_contain_text("A[Ask] --> B{Known?}")
    await frames_gone(chat)


KINDS = (
    "classDiagram\n  Animal <|-- Duck",
    "stateDiagram-v2\n  [*] --> Still\n  Still --> Moving",
    "erDiagram\n  CUSTOMER ||--o{ ORDER : places",
    "gantt\n  dateFormat YYYY-MM-DD\n  section A\n  One :a1, 2026-01-01, 3d",
    'pie\n  "Dogs" : 3\n  "Cats" : 2',
    "mindmap\n  root((Idea))\n    One\n    Two",
    "gitGraph\n  commit\n  branch next\n  commit",
    "timeline\n  title History\n  2002 : One\n  2004 : Two",
    "journey\n  title Day\n  section Work\n    Tea: 5: Me",
    "quadrantChart\n  x-axis Low --> High\n  y-axis Low --> High\n  A: [0.3, 0.6]",
    "xychart-beta\n  x-axis [a, b]\n  y-axis 0 --> 5\n  bar [3, 4]",
    "sankey-beta\n\nA,B,10\nA,C,5",
    "block-beta\n  columns 2\n  a b",
    "kanban\n  Todo\n    [One]",
    "flowchart TD\n  subgraph One\n    A --> B\n  end\n  B --> C",
)


async def test_all_kinds_are_drawn(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await answered(open_with, server, "\n".join(f"```mermaid\n{kind}\n```\n" for kind in KINDS))
    await expect(pictures(chat)).to_have_count(len(KINDS), timeout=60_000)


async def test_other_colours_draw_it_anew(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await answered(open_with, server, FLOW, f"{ON}, theme: 'light'")
    light = await pictures(chat).get_attribute("src")
    await chat.options(f"{ON}, theme: 'dark'")
    await expect(pictures(chat)).not_to_have_attribute("src", light or "")
    await expect(pictures(chat)).to_have_count(1)


async def test_without_the_option_it_stays_code(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await answered(open_with, server, FLOW, "")
    await expect(chat.answer.locator("pre")).to_be_visible()
    await chat.options(ON)
    await expect(pictures(chat)).to_have_count(1)
    await chat.options("")
    await expect(pictures(chat)).to_have_count(0)
    await expect(chat.answer.locator("pre")).to_be_visible()


async def test_a_block_that_is_still_coming_is_code(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(ON)
    turn = server.turn().say("```mermaid\nflowchart LR\n  A --> B\n")
    await chat.begin("Draw it")
    await expect(chat.answer.locator("pre")).to_contain_text("A --> B")
    await expect(chat.page.locator("iframe")).to_have_count(0)
    turn.say("  B --> C\n```\n\nThat was it.").end()
    await expect(pictures(chat)).to_have_count(1)
    await chat.idle()


async def test_a_mistake_leaves_the_code_and_says_so(open_with: OpenWith, server: ScriptedServer) -> None:
    large = "```mermaid\nflowchart LR\n" + "  A --> B\n" * 2500 + "```\n"
    chat = await answered(open_with, server, f"```mermaid\nflowchart LR\n  A --> [\n```\n\n{large}\n{FLOW}")
    await expect(pictures(chat)).to_have_count(1)
    problems = chat.answer.locator(".ck-diagram-problem")
    await expect(problems).to_have_text([re.compile("^Diagram: .*line"), "Diagram is larger than 20 kB."])
    await expect(chat.answer.locator("pre").first).to_be_visible()
    await shot(chat.page, "diagrams-mistake")


async def test_hostile_text_runs_nothing_and_loads_nothing(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(ON)
    # The frame's policy refuses what the text asks for, and the browser says so; nothing of it is the page's.
    chat.watch.expect(
        "violates the following Content Security Policy directive",
        "^console error: policy violation: (script|img|style|font)",
    )
    title = await chat.page.title()
    server.answer(f"{HOSTILE}\n{FLOW}")
    await chat.send("Draw it")
    await expect(pictures(chat).last).to_be_visible()
    await frames_gone(chat)
    assert await chat.page.title() == title
    assert not [request.url for request in chat.watch.requests if "evil.example" in request.url]
