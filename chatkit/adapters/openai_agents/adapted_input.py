"""The input as the model's host takes it: within its length, and without parts that it refuses."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from agents import Model
from agents.items import TResponseInputItem

from chatkit.adapters.openai_agents.faults import is_too_long
from chatkit.adapters.openai_agents.lengths import estimated_tokens, newest_part
from chatkit.adapters.openai_agents.media import RefusedMedia, refused_media, remark, without_media
from chatkit.logger import logger
from chatkit.types import ThreadStreamEvent

__all__ = ["AdaptedInput"]

Ask = Callable[[list[TResponseInputItem]], AsyncGenerator[ThreadStreamEvent, None]]


class AdaptedInput:
    """Remembers what each model has refused."""

    def __init__(self) -> None:
        self._refused = RefusedMedia()

    async def asked(
        self, ask: Ask, model: str | Model | None, items: list[TResponseInputItem], tokens: int
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        """The answer to as many of the newest items as are within so many tokens.

        What the host refuses before anything is shown is asked again, with words in the place of images or files, or
        once by half when it is too long. Any other error, or one that comes later, is raised.
        """
        sent = newest_part(without_media(items, self._refused.of(model)), tokens)
        halved = False
        while True:
            shown = False
            try:
                async with aclosing(ask(sent)) as events:
                    async for event in events:
                        shown = True
                        yield event
                return
            except Exception as error:
                too_long, refused = is_too_long(error), refused_media(error, sent)
                shorter = newest_part(sent, sum(map(estimated_tokens, sent)) // 2)
                if shown or not (refused or too_long) or (too_long and (halved or len(shorter) == len(sent))):
                    raise
                logger.warning(
                    "The model's host refused the input: it gets it %s", "by half" if too_long else "in words"
                )
            if too_long:
                sent, halved = shorter, True
                continue
            self._refused.add(model, refused)
            sent = without_media(sent, refused)
            yield remark(refused)
