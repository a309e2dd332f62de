"""What a session lets its user do: looked at before the operation is begun."""

from typing import Any

from pydantic_core import from_json, to_json

from chatkit._wire import ParsedBody
from chatkit.http.errors import HttpError, Problem
from chatkit.http.session_types import FileUpload
from chatkit.http.sessions import ClientSession
from chatkit.server import ChatKitServer, NonStreamingResult, StreamingResult
from chatkit.store.borrowed import as_store
from chatkit.store.sessions import SessionRecords
from chatkit.types import AttachmentsCreateReq, ThreadListParams, ThreadsListReq

__all__ = ["SessionLimits"]

_MEGABYTE = 1024 * 1024
_PAGE = 20
_SCANNED = 100


class SessionLimits:
    """Of all sessions of an app."""

    def __init__(self, server: ChatKitServer[Any], records: SessionRecords) -> None:
        self._server = server
        self._records = records

    async def process(
        self, session: ClientSession, body: ParsedBody, context: Any
    ) -> StreamingResult | NonStreamingResult:
        """What the server answers, within what the session allows. Raises `HttpError` for what it does not."""
        request, allowed = body.request, session.configuration
        if isinstance(request, AttachmentsCreateReq):
            await self._check_file(session.id, request.params.size, allowed.file_upload)
        elif isinstance(request, ThreadsListReq) and not allowed.history.enabled:
            return _last_page([])
        elif isinstance(request, ThreadsListReq) and allowed.history.recent_threads is not None:
            return await self._list(body, request.params, allowed.history.recent_threads, context)
        return await self._server.process(body, context)

    async def _check_file(self, session_id: str, size: int, allowed: FileUpload) -> None:
        if not allowed.enabled:
            raise HttpError(Problem(403, "session.uploads_off", "This session allows no uploads."))
        if size > allowed.max_file_size * _MEGABYTE:
            message = f"In this session a file may have {allowed.max_file_size} MB."
            raise HttpError(Problem(413, "session.file_too_large", message, "params.size"))
        if not await self._records.count_file(session_id, allowed.max_files):
            message = f"This session allows {allowed.max_files} files."
            raise HttpError(Problem(403, "session.too_many_files", message))

    async def _list(
        self, body: ParsedBody, params: ThreadListParams, most: int, context: Any
    ) -> StreamingResult | NonStreamingResult:
        """Of the newest threads, so many at most, however they are paged through."""
        if params.order != "desc":
            message = "This session lists the newest threads, newest first."
            raise HttpError(Problem(422, "request.invalid_params", message, "params.order"))
        left = most if params.after is None else most - await self._number_of(params.after, most, context)
        if left <= 0:
            return _last_page([])
        wanted = min(params.limit or _PAGE, left)
        params.limit = wanted
        result = await self._server.process(body, context)
        if wanted < left or not isinstance(result, NonStreamingResult):
            return result
        return _last_page(from_json(result.json)["data"])

    async def _number_of(self, thread_id: str, most: int, context: Any) -> int:
        """The how manieth of the newest it is; `most` when it is none of so many."""
        store, after, before = as_store(self._server.store), None, 0
        while before < most:
            page = await store.load_threads(min(_SCANNED, most - before), after, "desc", context)
            for number, thread in enumerate(page.data, before + 1):
                if thread.id == thread_id:
                    return number
            before += len(page.data)
            after = page.after
            if not page.has_more or after is None:
                break
        return most


def _last_page(threads: list[Any]) -> NonStreamingResult:
    return NonStreamingResult(to_json({"data": threads, "has_more": False}))
