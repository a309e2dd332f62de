"""Where a scripted server keeps files, and the routes that take and give their bytes."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from chatkit.store import AttachmentStore, NotFoundError, Store
from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    AttachmentUploadDescriptor,
    FileAttachment,
    ImageAttachment,
)

__all__ = ["Files"]


class Files(AttachmentStore[dict[str, str]]):
    """Files in memory, with both ways to bring them: two-phase at `/files/<id>`, direct at `/upload`."""

    def __init__(self, store: Store[dict[str, str]], context: dict[str, str]) -> None:
        self._store = store
        self._context = context
        self.address = ""
        """The page's origin, known once it is served."""
        self.contents: dict[str, bytes] = {}
        """What was uploaded, by attachment."""
        self.headers: dict[str, str] = {}
        """Of the last upload."""
        self.deleted: list[str] = []
        self.open = asyncio.Event()
        """While this is not set, no upload is read to its end."""
        self.open.set()
        self.failures = 0
        """How many uploads are refused from now on."""

    async def create_attachment(self, input: AttachmentCreateParams, context: dict[str, str]) -> Attachment:
        attachment_id = self.generate_attachment_id(input.mime_type, context)
        where = {"url": f"{self.address}/files/{attachment_id}", "method": "PUT", "headers": {"X-Upload": "yes"}}
        fields: dict[str, Any] = {
            "id": attachment_id,
            "name": input.name,
            "mime_type": input.mime_type,
            "upload_descriptor": AttachmentUploadDescriptor.model_validate(where),
        }
        if input.mime_type.startswith("image/"):
            return ImageAttachment(preview_url=f"{self.address}/files/{attachment_id}", **fields)  # type: ignore[arg-type]
        return FileAttachment(**fields)

    async def delete_attachment(self, attachment_id: str, context: dict[str, str]) -> None:
        self.deleted.append(attachment_id)

    def routes(self) -> list[BaseRoute]:
        """What the page's server adds."""
        return [
            Route("/files/{id}", self._put, methods=["PUT"]),
            Route("/files/{id}", self._get, methods=["GET"]),
            Route("/upload", self._direct, methods=["POST"]),
        ]

    async def _put(self, request: Request) -> Response:
        refusal = await self._refusal()
        if refusal is not None:
            return refusal
        self.headers = dict(request.headers)
        self.contents[request.path_params["id"]] = await request.body()
        return Response(status_code=204)

    async def _get(self, request: Request) -> Response:
        attachment_id = request.path_params["id"]
        if attachment_id not in self.contents:
            raise NotFoundError(attachment_id)
        attachment = await self._store.load_attachment(attachment_id, self._context)
        return Response(self.contents[attachment_id], media_type=attachment.mime_type)

    async def _direct(self, request: Request) -> Response:
        """As the reference's documentation has it: the application stores the file and answers with the attachment."""
        refusal = await self._refusal()
        if refusal is not None:
            return refusal
        self.headers = dict(request.headers)
        async with request.form() as form:
            file: Any = form["file"]
            content = await file.read()
            params = AttachmentCreateParams(name=file.filename, size=len(content), mime_type=file.content_type)
        created = await self.create_attachment(params, self._context)
        attachment = created.model_copy(update={"upload_descriptor": None})
        self.contents[attachment.id] = content
        await self._store.save_attachment(attachment, self._context)
        return JSONResponse(attachment.model_dump(mode="json", by_alias=True, exclude_none=True))

    async def _refusal(self) -> Response | None:
        await self.open.wait()
        if self.failures == 0:
            return None
        self.failures -= 1
        return JSONResponse({"error": {"code": "full", "message": "The disk is full."}}, status_code=507)
