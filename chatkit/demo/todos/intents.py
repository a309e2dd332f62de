"""What the offline model understands of todos. A real model needs none of this: it has the tools' descriptions."""

from collections.abc import Callable, Mapping

from chatkit.agents import Intent, IntentTurn
from chatkit.demo.phrases import join, parts, phrase, titles
from chatkit.demo.todos.agent import Outcome

__all__ = ["INTENTS"]

_TODO = r"(?:to[- ]?dos?|tasks?|items?|reminders?|things?|entry|entries)"
_MY_LIST = r"(?:(?:my|the|our|this)\s+)?(?:(?:to[- ]?do|task|shopping)\s+)?(?:list|to[- ]?dos|tasks)"
_ON_MY_LIST = rf"(?:\s+(?:to|on|onto|in|into|from|off|off of)\s+{_MY_LIST})?"
_DONE = r"(?:done|complete|completed|finished|ticked off|checked off)"
_OPEN = r"(?:open|undone|not done|incomplete|unfinished|to[- ]?do)"
_DID = r"(?:bought|got|called|paid|sent|wrote|cleaned|booked|cooked|read|fixed|watered|washed|ordered|emailed|met)"
_SOME = r"(?:(?:a|an|another|one more|the|some|something|new|these|this|following)\s+)*"


def _new_titles(turn: IntentTurn) -> Mapping[str, list[str]]:
    return {"titles": titles(turn.match["titles"])}


def _named_todos(turn: IntentTurn) -> Mapping[str, object]:
    return {"todos": parts(turn.match["todos"])}


def _named_todos_again(turn: IntentTurn) -> Mapping[str, object]:
    return {"todos": parts(turn.match["todos"]), "done": False}


def _reply(say: Callable[[Outcome], str]) -> Callable[[IntentTurn], str]:
    """An answer from what the tool reported; its problem, if it had one."""

    def reply(turn: IntentTurn) -> str:
        if turn.last is None:
            return "The list did not answer."
        outcome = turn.last.read(Outcome)
        return outcome.problem or say(outcome)

    return reply


def _left(outcome: Outcome) -> str:
    match outcome.open, outcome.total:
        case 0, 0:
            return "The list is empty now."
        case 0, _:
            return "Nothing is left to do. Well done!"
        case 1, _:
            return "One thing is left to do."
        case count, _:
            return f"{count} things are left to do."


def _added(outcome: Outcome) -> str:
    count = "That is the only thing to do." if outcome.open == 1 else f"You have {outcome.open} things to do now."
    return f"Added {join(outcome.todos)}. {count}"


def _listed(outcome: Outcome) -> str:
    match outcome.open, outcome.total:
        case _, 0:
            return "Your list is empty. What shall I add?"
        case 0, _:
            return "Everything on your list is done. Well done!"
        case 1, _:
            return "There is one thing to do:"
        case count, _:
            return f"There are {count} things to do:"


def _completed(outcome: Outcome) -> str:
    return f"Ticked off {join(outcome.todos)}. {_left(outcome)}"


def _reopened(outcome: Outcome) -> str:
    return f"{join(outcome.todos)} {'is' if len(outcome.todos) == 1 else 'are'} open again. {_left(outcome)}"


def _deleted(outcome: Outcome) -> str:
    return f"Deleted {join(outcome.todos)}. {_left(outcome)}"


def _cleared(outcome: Outcome) -> str:
    if not outcome.todos:
        return "Nothing was completed, so the list stays as it is."
    count = "one completed todo" if len(outcome.todos) == 1 else f"{len(outcome.todos)} completed todos"
    return f"Cleared {count}. {_left(outcome)}"


def _charted(outcome: Outcome) -> str:
    if not outcome.total:
        return "There is nothing to count yet, so the chart is flat. Add a todo or two!"
    done = outcome.total - outcome.open
    return f"That’s your last week: **{done} of {outcome.total}** done. {_left(outcome)}"


def _adds(pattern: str, example: str | None = None) -> Intent:
    return Intent(phrase(pattern), _reply(_added), tool="add_todo", arguments=_new_titles, example=example)


def _completes(pattern: str, example: str | None = None) -> Intent:
    return Intent(phrase(pattern), _reply(_completed), tool="complete_todo", arguments=_named_todos, example=example)


def _reopens(pattern: str) -> Intent:
    return Intent(phrase(pattern), _reply(_reopened), tool="complete_todo", arguments=_named_todos_again)


def _deletes(pattern: str, example: str | None = None) -> Intent:
    return Intent(phrase(pattern), _reply(_deleted), tool="delete_todo", arguments=_named_todos, example=example)


def _lists(pattern: str, example: str | None = None) -> Intent:
    return Intent(phrase(pattern), _reply(_listed), tool="list_todos", arguments=lambda _: {}, example=example)


_CHART = [
    Intent(
        phrase(
            r"(?:(?:show|give|draw|make|display|see|view|get|how about)\s+)?(?:me\s+)?(?:(?:a|an|the|my|some)\s+)?"
            r"(?:(?:nice|little|simple|bar|progress|todo|weekly|week's|day's)\s+)*"
            r"(?:charts?|graphs?|plots?|diagrams?|statistics|stats|progress)\b.*"
            r"|how (?:am i (?:doing|getting on)|productive)\b.*"
        ),
        _reply(_charted),
        tool="show_chart",
        arguments=lambda _: {},
        example="show me a chart",
    )
]

_ADD = [
    Intent(
        phrase(rf"(?:add|create|make|new)(?:\s+(?:something|{_SOME}{_TODO}))?{_ON_MY_LIST}"),
        "Of course: what shall I add? For example *add buy milk*.",
    ),
    _adds(
        rf"(?:add|create|make|write|set|new)\s+(?:me\s+)?{_SOME}{_TODO}"
        rf"(?:\s+(?:called|named|titled|saying|to|for)\b|\s*[:,–-])?\s*(?P<titles>.+?){_ON_MY_LIST}"
    ),
    _adds(
        rf"add\s*:?\s+(?:(?:the following|these)\s*[:,–-]?\s*)?(?P<titles>.+?){_ON_MY_LIST}",
        example="add buy milk and call mum",
    ),
    _adds(rf"put\s+(?P<titles>.+?)\s+(?:on|onto|in|into)\s+{_MY_LIST}"),
    _adds(
        r"(?:remind me|remember|(?:do not|don'?t)(?: let me)? forget|note(?: down)?|write down|jot down)\s*:?"
        rf"(?:\s+(?:to|about|of|that i (?:need|have|must|should)(?: to)?))?\s+(?P<titles>.+?){_ON_MY_LIST}",
        example="remind me to water the plants",
    ),
    _adds(r"(?:to[- ]?do|task|todo list)s?\s*[:–-]\s*(?P<titles>.+?)"),
]

_LIST = [
    _lists(
        rf"(?:what(?:'?s)?|which|anything|how many|how much|is there|do i have|are there|when)\b.*"
        rf"\b(?:list|{_TODO}|to do|open|left|next|{_DONE}|pending|remaining|outstanding|agenda|due)\b.*",
        example="what’s on my list?",
    ),
    _lists(
        r"(?:show|give|list|see|view|display|read|open|tell|get|print|check|look at)\s+(?:me\s+)?"
        rf"(?:(?:my|the|our|all|of|open|current|whole|remaining|todo|task)\s+)*"
        rf"(?:{_TODO}|list|everything|card|{_DONE})\b.*"
    ),
    _lists(rf"{_MY_LIST}|show|list|todo|agenda"),
]

_CLEAR = [
    Intent(
        phrase(
            r"(?:clear|remove|delete|clean|purge|get rid of|drop|tidy|archive|hide)\s+(?:(?:up|away|out)\s+)?"
            rf"(?:(?:all|of|the|my|every|everything|{_TODO}|ones?|that|that's|is|are|i|i'?ve|have|already|was|were)\s+)*"
            rf"{_DONE}(?:\s+(?:ones?|{_TODO}))?{_ON_MY_LIST}"
        ),
        _reply(_cleared),
        tool="clear_completed",
        arguments=lambda _: {},
        example="clear completed",
    )
]

_REOPEN = [
    _reopens(r"(?:re-?open|untick|uncheck|undo|unmark|un-?complete|restore)\s+(?P<todos>.+?)"),
    _reopens(rf"(?:mark|set|make)\s+(?P<todos>.+?)\s+(?:as\s+|to\s+|back to\s+)?{_OPEN}(?:\s+again)?"),
    _reopens(rf"(?P<todos>.+?)\s+(?:is not|isn'?t|are not|aren'?t|was not|wasn'?t)\s+{_DONE}(?:\s+yet)?"),
]

_WHICH = [
    Intent(phrase(r"(?:i(?:'?m| am)\s+)?(?:all\s+)?(?:done|finished)"), "Nice! Which one? Its number is enough."),
    Intent(
        phrase(
            r"(?:delete|remove|clear|complete|finish|tick|tick off|check off|cross off|reopen|untick)(?:\s+(?:one|it))?"
        ),
        "Which one? Its number, or a word of it, is enough.",
    ),
]

_COMPLETE = [
    _completes(rf"(?:tick|check|cross|strike)\s+off\s+(?P<todos>.+?){_ON_MY_LIST}", example="tick off milk"),
    _completes(rf"(?:tick|check|cross|strike)\s+(?P<todos>.+?)(?:\s+off|\s+out)?{_ON_MY_LIST}"),
    _completes(rf"(?:mark|set|make)\s+(?P<todos>.+?)\s+(?:as\s+|to\s+)?{_DONE}", example="mark 2 as done"),
    _completes(
        r"(?:(?:i(?:'?m| am|'?ve| have)?|we(?:'?re|'?ve)?)\s+)?(?:(?:just|already|all)\s+)*"
        rf"(?:done|finished|completed|did)\s+(?:with\s+)?(?P<todos>.+?){_ON_MY_LIST}"
    ),
    _completes(rf"(?:complete|finish|close)\s+(?P<todos>.+?){_ON_MY_LIST}"),
    _completes(rf"(?P<todos>.+?)\s+(?:is|are|was|were|got)\s+(?:(?:now|already|all)\s+)*{_DONE}"),
    _completes(rf"(?:i|i'?ve|i have)\s+(?:(?:just|already)\s+)*{_DID}\s+(?P<todos>.+?)"),
]

_DELETE = [
    Intent(
        phrase(rf"(?:clear|empty|wipe|reset|delete|remove)\s+(?:(?:my|the|whole|entire|all|of)\s+)*{_MY_LIST}"),
        _reply(_deleted),
        tool="delete_todo",
        arguments=lambda _: {"todos": ["all"]},
    ),
    _deletes(
        r"(?:delete|remove|drop|cancel|scratch|forget(?:\s+about)?|get rid of|erase|trash|discard|clear)\s+"
        rf"(?P<todos>.+?){_ON_MY_LIST}",
        example="delete the milk one",
    ),
    _deletes(rf"take\s+(?P<todos>.+?)\s+(?:off|off of|from)\s+{_MY_LIST}"),
]

_MENTION = [
    _adds(
        r"(?:i|we)\s*(?:(?:really|still|also)\s+)*(?:need(?:\s+to)?|(?:have|want|ought|'?ve got|got) to|must|should)"
        r"\s+(?P<titles>.+?)"
    ),
    _adds(
        r"(?P<titles>(?:book|buy|call|clean|cook|email|feed|fix|mow|order|pack|pay|phone|pick up|prepare|renew|repair"
        r"|send|text|vacuum|visit|walk|wash|water|write)\s+\S.*?)"
    ),
]

INTENTS = [*_CHART, *_ADD, *_LIST, *_CLEAR, *_REOPEN, *_WHICH, *_COMPLETE, *_DELETE, *_MENTION]
"""In the order in which they are tried."""
