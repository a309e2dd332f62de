"""What the offline model says between todos."""

from chatkit.agents import Intent
from chatkit.demo.phrases import remark

__all__ = ["INTENTS"]

_END = r"[\s!?.,;:)\U0001F300-\U0001FAFF☺️❤️]*$"

_HELP = """\
I keep your todo list. There is no AI behind me, only a few phrases and real tools:

- **Add:** *add buy milk and call mum*, *remind me to water the plants*
- **See:** *what’s on my list?*, *show me a chart*
- **Tick off:** *done with milk*, *mark 2 as done*, *reopen milk*
- **Tidy up:** *delete the milk one*, *clear completed*
- **Plan:** *plan my day* asks a few questions and makes todos of the answers
- **Colours:** *switch to dark theme*

The boxes and buttons on the card work too. With `OPENAI_API_KEY` set, a real model answers in my place.
In the project’s sources, `scripts/gallery` shows every widget and `docs/` has the documentation.
"""

INTENTS = [
    Intent(
        remark(
            rf"(?:.*\s)?help(?: me)?{_END}|.*\bwhat (?:else )?(?:can|do) (?:you|i) (?:do|say|ask|try)\b"
            r"|.*\b(?:who|what) are you\b|.*\bhow (?:does|do) (?:this|it|you) work\b"
            r"|.*\bare you (?:an? )?(?:ai|bot|robot|human|real|person|llm|model|chatgpt)\b"
        ),
        reply=_HELP,
        example="help",
    ),
    Intent(
        remark(
            r"(?:hi|hello|hey|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day))"
            rf"(?:\s+(?:there|you|again|everyone|assistant))*{_END}"
        ),
        reply="Hello! I keep your todo list. Try *add buy milk and call mum*, or *what’s on my list?*",
    ),
    Intent(
        remark(
            rf"(?:(?:hi|hello|hey)[,!\s]+)?(?:how are you|how'?s it going|how do you do|what'?s up)\b.{{0,20}}{_END}"
        ),
        reply="Very well, thank you: nothing on my own list. What is on yours?",
    ),
    Intent(
        remark(
            r"(?:(?:ok(?:ay)?|great|perfect|cool|nice|super|wonderful)[,!.\s]+)*"
            r"(?:thanks?|thank you|thx|ty|cheers|much appreciated)\b.{0,40}$"
        ),
        reply="You’re welcome! I’m here when there is something to add or tick off.",
    ),
    Intent(
        remark(
            r"(?:(?:that'?s|this is|you'?re|very|so|really)\s+)*(?:ok(?:ay)?|great|perfect|cool|nice|super|awesome"
            rf"|wonderful|excellent|amazing|good(?: job)?|well done|lovely){_END}"
        ),
        reply="Glad to hear it. What’s next?",
    ),
    Intent(
        remark(r"(?:(?:ok(?:ay)?|thanks)[,!.\s]+)*(?:bye|goodbye|see you|good night|ciao|later)\b.{0,20}$"),
        reply="See you! Your list will be here when you come back.",
    ),
]
