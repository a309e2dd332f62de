"""What has private names in the reference's `chatkit.widgets` and is used by public code all the same."""

from typing import Any, cast

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

__all__ = ["drop_none", "jinja_env", "unchanged"]

jinja_env = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


def drop_none(x: Any) -> Any:
    """Without what is None, in objects and lists, however deep; `children` of an object stay."""
    if isinstance(x, dict):
        members = cast(dict[str, Any], x)
        return {name: drop_none(one) for name, one in members.items() if one is not None or name == "children"}
    if isinstance(x, list):
        return [drop_none(one) for one in cast(list[Any], x) if one is not None]
    return x


def unchanged(cls: Any) -> Any:
    """The class. Where the reference marks a component as deprecated, making it directly is what is meant here."""
    return cls
