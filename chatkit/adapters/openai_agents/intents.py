"""What the offline model understands: patterns in the user's words, the tools they call, the replies they get."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, overload

from pydantic import TypeAdapter, ValidationError

from chatkit.adapters.openai_agents.playback import Call

__all__ = ["Intent", "IntentTurn", "ToolResult"]

T = TypeVar("T")


@dataclass(frozen=True)
class ToolResult:
    """What a tool answered in this turn: text, which is JSON when the tool returned data."""

    name: str
    arguments: Mapping[str, Any]
    output: str

    @overload
    def read(self) -> Any: ...
    @overload
    def read(self, kind: type[T]) -> T: ...
    def read(self, kind: Any = Any) -> Any:
        """The output as `kind`, checked. Text that is not JSON is read as it is. Raises pydantic's errors."""
        adapter: TypeAdapter[Any] = TypeAdapter(kind)
        try:
            return adapter.validate_json(self.output)
        except ValidationError:
            return adapter.validate_python(self.output)


@dataclass(frozen=True)
class IntentTurn:
    """One turn of the user, as far as it got: what was said, how it matched, what the tools have answered so far."""

    text: str
    match: re.Match[str]
    results: Sequence[ToolResult] = ()

    @property
    def last(self) -> ToolResult | None:
        """The newest result."""
        return self.results[-1] if self.results else None

    def result(self, name: str) -> ToolResult | None:
        """The newest result of the tool `name`."""
        return next((result for result in reversed(self.results) if result.name == name), None)

    def groups(self) -> dict[str, str]:
        """The named groups that took part in the match, trimmed."""
        return {name: value.strip() for name, value in self.match.groupdict().items() if value is not None}


@dataclass(frozen=True)
class Intent:
    """One thing that the offline model can do.

        Intent(
            pattern=r"add (?:a )?(?:todo )?(?P<title>.+)",
            tool="add_todo",
            reply=lambda turn: f"Added **{turn.result('add_todo').read(Todo).title}**.",
            example="add buy milk",
        )

    `pattern` is searched in what the user said, whatever the case; its named groups become the tool's arguments unless
    `arguments` makes them. `then` may ask for more calls once there are results; it is asked again after each round
    until it has none. `reply` is the answer, or makes it from the turn; an intent without a tool only replies.
    `example` is listed in the help.
    """

    pattern: str
    reply: str | Callable[[IntentTurn], str]
    tool: str | None = None
    arguments: Callable[[IntentTurn], Mapping[str, Any]] | None = None
    then: Callable[[IntentTurn], Sequence[Call]] | None = None
    example: str | None = None
    _compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_compiled", re.compile(self.pattern, re.IGNORECASE))

    def matches(self, text: str) -> re.Match[str] | None:
        """How the text matches, if it does."""
        return self._compiled.search(text)

    def calls(self, turn: IntentTurn, asked: int) -> Sequence[Call]:
        """The calls to make now, when `asked` were made in this turn already."""
        if self.tool is not None and asked == 0:
            arguments = self.arguments(turn) if self.arguments else turn.groups()
            return [Call(self.tool, json.loads(json.dumps(dict(arguments))))]
        return self.then(turn) if self.then else ()

    def answer(self, turn: IntentTurn) -> str:
        """The reply."""
        return self.reply if isinstance(self.reply, str) else self.reply(turn)
