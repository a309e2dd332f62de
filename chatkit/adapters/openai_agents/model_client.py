"""OpenAI's clients with streams that cost a fraction: deltas are made at once, and frames are read whole.

Requests, retries, errors, timeouts, and all else about streams are the SDK's. The two things go in where the SDK's
clients make their decoders and their events, and each is first compared with what the SDK makes of the same input:
where the installed SDK is another than this package knows, its own way is taken, and the log says so once.
"""

import inspect
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, ClassVar, Self, cast

import openai
from openai import AsyncAzureOpenAI, AsyncOpenAI

from chatkit.adapters.openai_agents.deltas import ChunkBuilder, DeltaBuilder, NotPlain, same
from chatkit.logger import logger

__all__ = ["AzureModelClient", "ModelClient"]

Build = Callable[[dict[str, Any]], Any]

_SEAMS = {"_make_sse_decoder": {"self"}, "_process_response_data": {"self", "data", "cast_to", "response"}}
"""The methods of the SDK's clients that are overridden, with their parameters."""
_BUILDERS = {id(builder.made_of): builder for builder in (DeltaBuilder, ChunkBuilder)}
_STREAM = (
    b'event: a\r\ndata: {"a": "\xc3',
    b'\xa9"}\r\n\r\n: comment\r\n\r\ndata:2\r',
    b"\n\r\nid: 1\ndata: [3,\ndata: 3]\n\ndata: lost\n",
)

_builds: dict[int, Build | None] = {}
"""By the identity of what the SDK is told to make of a stream's events: what builds its deltas, or nothing when the SDK
does. Found at the first event: before that the SDK would not have read its own classes either."""


class ModelClient(AsyncOpenAI):
    """`AsyncOpenAI`, taking the same arguments, whose streams of both APIs cost a fraction of the processor time.

    For agents that have a model of their own: `OpenAIResponsesModel(model="…", openai_client=ModelClient())`. The
    events are equal to the SDK's in every field. With `_strict_response_validation` all are validated.
    """

    _sdk_name: ClassVar[str] = "AsyncOpenAI"

    def __new__(cls, *args: Any, **options: Any) -> Self:
        client = super().__new__(cls)
        if not _seams_known():
            for name in _SEAMS:
                client.__dict__[name] = getattr(super(ModelClient, client), name)
        return client

    @property
    def user_agent(self) -> str:
        """That of the SDK's client."""
        return super().user_agent.replace(type(self).__name__, self._sdk_name, 1)

    def _make_sse_decoder(self) -> Any:
        return _frame_decoder()()

    def _process_response_data(self, *, data: object, cast_to: Any, response: Any) -> Any:
        build = _builds.get(id(cast_to)) or self._find_build(cast_to, response)
        if build is not None and type(data) is dict and not self._strict_response_validation:
            try:
                return build(cast(dict[str, Any], data))
            except NotPlain:
                pass
        return super()._process_response_data(data=cast(object, data), cast_to=cast_to, response=response)

    def _find_build(self, cast_to: Any, response: Any) -> Build | None:
        """What builds the deltas of such streams, if they can be built."""
        kind = _BUILDERS.get(id(cast_to))
        if kind is None or id(cast_to) in _builds:
            return None
        sdk = super()._process_response_data
        build = _compared(kind, lambda data: sdk(data=data, cast_to=cast_to, response=response))
        _builds[id(cast_to)] = build
        return build


class AzureModelClient(ModelClient, AsyncAzureOpenAI):
    """`AsyncAzureOpenAI`, taking the same arguments, with the streams of `ModelClient`."""

    _sdk_name: ClassVar[str] = "AsyncAzureOpenAI"


def _frame_decoder() -> Any:
    # Imported when needed: it builds on what the SDK does not promise to have.
    from chatkit.adapters.openai_agents.frames import FrameDecoder

    return FrameDecoder


@cache
def _seams_known() -> bool:
    """Whether the SDK's clients have the methods that are overridden, and its decoder reads as this package's does."""
    try:
        for name, parameters in _SEAMS.items():
            if set(inspect.signature(getattr(AsyncOpenAI, name)).parameters) != parameters:
                raise NotImplementedError(name)
        decoders = _frame_decoder()(), _frame_decoder().__base__()
        ours, theirs = ([(one.event, one.data) for one in decoder.iter_bytes(iter(_STREAM))] for decoder in decoders)
        if ours != theirs:
            raise NotImplementedError("server-sent events")
    except Exception as error:  # noqa: BLE001 - whatever has changed, the SDK's own way works
        _say_unknown("streams", error)
        return False
    return True


def _compared(kind: type[DeltaBuilder] | type[ChunkBuilder], sdk: Build) -> Build | None:
    """What builds such deltas, if it builds its samples as the SDK does."""
    try:
        builder = kind()
        if odd := next(_unlike(builder, sdk), None):
            raise NotImplementedError(odd)
    except Exception as error:  # noqa: BLE001 - whatever has changed, the SDK's own way works
        _say_unknown(kind.__name__, error)
        return None
    return builder.build


def _unlike(builder: DeltaBuilder | ChunkBuilder, sdk: Build) -> Iterator[str]:
    """The samples of which the SDK makes something else."""
    return (str(sample) for sample in builder.samples() if not same(builder.build(sample), sdk(sample)))


def _say_unknown(what: str, error: Exception) -> None:
    message = "openai %s is not as this package knows it (%s: %r); its own streams are used, which cost more"
    logger.warning(message, openai.__version__, what, error)
