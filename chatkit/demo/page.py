"""What the demo's page says."""

from chatkit.http import Branding, PageOptions, StartPrompt

__all__ = ["PAGE", "demo_branding"]

PAGE = PageOptions(
    greeting="What needs doing?",
    prompts=[
        StartPrompt(label="Add two todos", prompt="Add buy milk and call mum", icon="write"),
        StartPrompt(label="What’s on my list?", prompt="What’s on my list?", icon="lucide:list-todo"),
        StartPrompt(label="Plan my day", prompt="Plan my day", icon="calendar"),
        StartPrompt(label="Show me a chart", prompt="Show me a chart", icon="chart"),
    ],
    placeholder="Add a todo, or ask for help",
)


def demo_branding() -> Branding:
    """The environment's branding (`BRAND_NAME`, …). The demo has a name of its own unless one is given."""
    branding = Branding.load()
    return branding if "name" in branding.model_fields_set else branding.model_copy(update={"name": "Todos"})
