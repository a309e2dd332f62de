"""Requests parsed and answers serialised. Validators and serialisers are built once, when this is imported."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, Final, Self, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from chatkit._json import objection
from chatkit._sse import frame
from chatkit._surrogates import sound
from chatkit.types import (
    ActiveRun,
    ChatKitReq,
    HiddenContextItem,
    Page,
    SDKHiddenContextItem,
    Thread,
    ThreadCreatedEvent,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
)
from chatkit.types.plain_requests import plain_request, renamed

__all__ = [
    "ParsedBody",
    "TextFrames",
    "client_json",
    "client_page",
    "client_thread",
    "event_frame",
    "hides",
    "is_hidden",
    "parse_event",
    "parse_request",
    "threads_page",
]

_REQUEST: TypeAdapter[ChatKitReq] = TypeAdapter(ChatKitReq)
_EVENT: TypeAdapter[ThreadStreamEvent] = TypeAdapter(ThreadStreamEvent)
ItemPage = Page[ThreadItem]  # looked up once: naming a generic model's parameter costs more than making one
_PARSERS_DEPTH: Final = 200
_QUOTED: Final = 100
"""Bytes of a malformed body, and characters of an operation's name, that an error holds."""
_NO_ITEMS: Final = ItemPage()
_HIDDEN: Final = (HiddenContextItem, SDKHiddenContextItem)
_NOT_IN_LISTS: Final = {"metadata", "items"}
_CLIENT_CONTEXT: Final[dict[str, Any]] = {"exclude_metadata": True}


class ParsedBody(bytes):
    """A request's body that was parsed already. `process()` takes it as any other, and does not parse it again.

    So whoever wants to tell the request's faults from those of hooks and stores parses before, as the endpoint does.
    """

    request: ChatKitReq

    def __new__(cls, raw: bytes) -> Self:
        """Raises pydantic's `ValidationError`, as `parse_request` does."""
        body = super().__new__(cls, raw)
        body.request = parse_request(raw)
        return body


def parse_request(raw: str | bytes | bytearray) -> ChatKitReq:
    """The request in a JSON body; of a plain one, what it stands for.

    Raises pydantic's `ValidationError` with the path of each of the first wrong fields.
    Parsing and checking are two steps: errors point at what was parsed, and need not make it anew for each.
    """
    if isinstance(raw, ParsedBody):
        return raw.request
    body = raw.encode(errors="surrogatepass") if isinstance(raw, str) else raw
    wrong = objection(body, depth=_PARSERS_DEPTH)
    if wrong is not None:
        raise _malformed(body, wrong)
    try:
        request = from_json(body, allow_inf_nan=False, cache_strings="none")
    except ValueError as error:
        raise _malformed(body, str(error)) from None
    if isinstance(request, dict):
        fields = renamed(cast(dict[str, object], request))
        return plain_request(fields) or _REQUEST.validate_python(_without_long_name(fields))
    return _REQUEST.validate_python(request)


def _without_long_name(fields: dict[str, object]) -> dict[str, object]:
    """The request; one whose operation cannot be any without the rest, since the error quotes all of its name."""
    name = fields.get("type", "")
    if isinstance(name, str) and len(name) <= _QUOTED:
        return fields
    return {"type": name[:_QUOTED] if isinstance(name, str) else type(name).__name__}


def _malformed(body: bytes | bytearray, reason: str) -> ValidationError:
    """What pydantic raises for bytes that are not JSON."""
    start = bytes(body[:_QUOTED])
    return ValidationError.from_exception_data(
        "ChatKitReq", [{"type": "json_invalid", "loc": (), "input": start, "ctx": {"error": reason}}], "json"
    )


def parse_event(raw: str | bytes) -> ThreadStreamEvent:
    """The event in a frame's JSON. Raises pydantic's `ValidationError`."""
    return _EVENT.validate_json(raw)


def client_json(model: BaseModel) -> bytes:
    """A model as a client gets it: by alias, without nulls, without what is the server's own.

    What a hook made (not what comes from the store) is refused with `ValueError` when it is nested too deep, and its
    texts are made well-formed.
    """
    from_store = isinstance(cast(object, model), (Page, ThreadMetadata))
    return _json(model if from_store else sound(model))


def _json(model: BaseModel) -> bytes:
    return model.__pydantic_serializer__.to_json(model, by_alias=True, exclude_none=True, context=_CLIENT_CONTEXT)


def event_frame(event: ThreadStreamEvent) -> bytes:
    """An event as a frame for a client. It must be well-formed, and not too deep."""
    if isinstance(event, ThreadCreatedEvent | ThreadUpdatedEvent):
        event = event.model_copy(update={"thread": _for_client(event.thread)})
    return frame(_json(event))


_ITEM: Final = 'data: {"type":"thread.item.updated","item_id":'


@lru_cache(100)
def _part(index: int) -> str:
    """What stands between an item's id and the text of a delta for that part of it."""
    return f',"update":{{"type":"assistant_message.content_part.text_delta","content_index":{index},"delta":'


class TextFrames:
    """Frames of deltas of text, at a seventh of the cost of `event_frame`, which gives the same: nearly all are these.

    What stands before the delta is kept from one to the next (what all streams have in common is kept once), and so is
    what `keep` gives for the item and the part that grow: it gets each text.
    """

    __slots__ = ("_append", "_index", "_item_id", "_keep", "_part", "_quoted_id")

    def __init__(self, keep: Callable[[str, int], Callable[[str], object]]) -> None:
        self._keep = keep
        self._item_id: str | None = None
        self._index = 0
        self._quoted_id = self._part = ""
        self._append: Callable[[str], object] = str

    def forget(self) -> None:
        """Something else has happened: what `keep` gives may be another."""
        self._item_id = None

    def frame(self, item_id: str, index: int, delta: str) -> bytes | None:
        """The frame of a delta for part `index` of a message; nothing when there is half a character in it."""
        if item_id is not self._item_id or index != self._index:
            self._item_id, self._index = item_id, index
            self._append = self._keep(item_id, index)
            self._quoted_id, self._part = encode_basestring(item_id), _part(index)
        try:
            frame = f"{_ITEM}{self._quoted_id}{self._part}{encode_basestring(delta)}}}}}\n\n".encode()
        except UnicodeEncodeError:
            return None
        self._append(delta)
        return frame


def is_hidden(item: ThreadItem) -> bool:
    """Whether the item is for the model alone and never leaves the server."""
    return isinstance(item, _HIDDEN)


def hides(event: ThreadStreamEvent) -> bool:
    """Whether the event shows an item that never leaves the server."""
    match event:
        case ThreadItemAddedEvent() | ThreadItemDoneEvent() | ThreadItemReplacedEvent():
            return is_hidden(event.item)
        case _:
            return False


def client_page(page: Page[ThreadItem]) -> Page[ThreadItem]:
    """The page without hidden items. `has_more` and `after` stay, so that paging goes on from the right place."""
    if not any(map(is_hidden, page.data)):
        return page
    return ItemPage.model_construct(
        data=[item for item in page.data if not is_hidden(item)], has_more=page.has_more, after=page.after
    )


def threads_page(
    page: Page[ThreadMetadata], active: Mapping[str, ActiveRun], extensions: list[str] | None = None
) -> bytes:
    """A page of threads as a client gets it: `client_thread` of each, without building them only to be written."""
    threads = b",".join(
        thread.__pydantic_serializer__.to_json(thread, exclude_none=True, exclude=_NOT_IN_LISTS)[:-1]
        + b',"metadata":{},"items":{"data":[],"has_more":false}'
        + (b',"active_run":%b}' % _json(run) if (run := active.get(thread.id)) is not None else b"}")
        for thread in page.data
    )
    rest = _json(page.model_copy(update={"data": []}))
    told = b"" if extensions is None else b',"extensions":%b' % to_json(extensions)
    return rest.replace(b'"data":[]', b'"data":[%b]%b' % (threads, told), 1)


def client_thread(
    thread: ThreadMetadata,
    items: Page[ThreadItem] | None = None,
    extensions: list[str] | None = None,
    active_run: ActiveRun | None = None,
) -> Thread:
    """The thread as a client gets it, with a page of its items; without one, an empty page."""
    return Thread.model_construct(
        **(thread.model_extra or {}),
        title=thread.title,
        id=thread.id,
        created_at=thread.created_at,
        status=thread.status,
        allowed_image_domains=thread.allowed_image_domains,
        metadata={},
        items=_NO_ITEMS if items is None else client_page(items),
        extensions=extensions,
        active_run=active_run,
    )


def _for_client(thread: Thread) -> Thread:
    """A thread that a hook put into an event: its metadata and hidden items stay here."""
    if not thread.metadata and not any(map(is_hidden, thread.items.data)):
        return thread
    return client_thread(thread, thread.items)
