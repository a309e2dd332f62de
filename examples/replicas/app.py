"""A chat server that needs no model and no key: it counts, a word at a time. Ask for "300" to watch it for longer."""

import asyncio
import os
import re
from collections.abc import AsyncIterator

from chatkit.adapters.text import text_stream
from chatkit.http import RequestContext
from chatkit.server import ChatKitServer
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem, UserMessageTextContent

_PAUSE_SECONDS = 1 / float(os.environ.get("WORDS_PER_SECOND", "10"))
_USUAL, _MOST = 40, 5000


class Words(ChatKitServer[RequestContext]):
    """Says as many words as the message asks for. Served as a class, it is given the store of `--database`."""

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: RequestContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        """One message."""
        async for event in text_stream(thread, _words(_asked_for(input_user_message))):
            yield event


def _asked_for(message: UserMessageItem | None) -> int:
    parts = [] if message is None else message.content
    said = " ".join(part.text for part in parts if isinstance(part, UserMessageTextContent))
    found = re.search(r"\d+", said)
    return _USUAL if found is None else min(int(found[0][:6]), _MOST)


async def _words(count: int) -> AsyncIterator[str]:
    yield f"Process {os.getpid()} counts:"
    for number in range(1, count + 1):
        await asyncio.sleep(_PAUSE_SECONDS)
        yield f" {number}"
