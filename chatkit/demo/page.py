"""What the demo's page says."""

from chatkit.http import Branding, PageOptions, StartPrompt

__all__ = ["demo_branding", "demo_page"]

_PAGE = PageOptions(
    greeting="What needs doing?",
    prompts=[
        StartPrompt(label="Add two todos", prompt="Add buy milk and call mum", icon="write"),
        StartPrompt(label="What’s on my list?", prompt="What’s on my list?", icon="lucide:list-todo"),
        StartPrompt(label="Plan my day", prompt="Plan my day", icon="calendar"),
        StartPrompt(label="Show me a chart", prompt="Show me a chart", icon="chart"),
    ],
    placeholder="Add a todo, or ask for help",
)

_OFFLINE = "Answers come from an offline demo model that knows a few phrases."
_MORE = "Your own model: set `OPENAI_API_KEY`. In the sources, gallery: `scripts/gallery`, documentation: `docs/`."


def demo_page(*, offline: bool) -> PageOptions:
    """The page. As long as the offline model answers, it says so, and how to put another one in its place."""
    return _PAGE.model_copy(update={"description": _OFFLINE, "disclaimer": _MORE}) if offline else _PAGE


def demo_branding() -> Branding:
    """The environment's branding (`BRAND_NAME`, …). The demo has a name of its own unless one is given."""
    branding = Branding.load()
    return branding if "name" in branding.model_fields_set else branding.model_copy(update={"name": "Todos"})
