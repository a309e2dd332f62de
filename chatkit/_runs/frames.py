"""Frames that say something of a run itself."""

from pydantic import BaseModel

from chatkit._runs.book import Book
from chatkit._sse import frame
from chatkit._wire import client_json
from chatkit.live import Outcome
from chatkit.types import RunEndedEvent, StreamResetEvent

__all__ = ["ended_frame", "plain_frame", "reset_frame"]


def plain_frame(event: BaseModel) -> bytes:
    """A frame without a number."""
    return frame(client_json(event))


def reset_frame(book: Book) -> bytes:
    """Says that what the client has is of no use any more. What follows goes on from the book's base."""
    return b"id: %b\n%b" % (book.position(book.base[1]), plain_frame(StreamResetEvent()))


def ended_frame(book: Book, outcome: Outcome, thread_id: str | None) -> bytes:
    """The last one of a run."""
    ended = RunEndedEvent(outcome=outcome, thread_id=thread_id, run_id=book.run_id)
    return b"id: %d-%d\n%b" % (book.fence, book.last + 1, plain_frame(ended))
