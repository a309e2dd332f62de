"""Routes of strangers' own: how they hand the result of `process()` to a web framework."""

from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from chatkit.server import NonStreamingResult, StreamingResult

SSE = "text/event-stream"


def as_documented(server: Any) -> Any:
    async def route(request: Request) -> Response:
        result = await server.process(await request.body(), {"request": request})
        if isinstance(result, StreamingResult):
            return StreamingResponse(result, media_type=SSE)
        return Response(content=result.json, media_type="application/json")

    return route


def the_other_way_round(server: Any) -> Any:
    async def route(request: Request) -> Response:
        result = await server.process(await request.body(), {})
        if isinstance(result, NonStreamingResult):
            return Response(result.json, media_type="application/json")
        return StreamingResponse(result.json_events, media_type=SSE)

    return route


def by_attribute(server: Any) -> Any:
    async def route(request: Request) -> Response:
        result = await server.process((await request.body()).decode(), request)
        if hasattr(result, "json"):
            return Response(result.json, media_type="application/json")
        return StreamingResponse(result, media_type=SSE, headers={"Cache-Control": "no-cache"})

    return route


def frame_by_frame(server: Any) -> Any:
    async def route(request: Request) -> Response:
        result = await server.process(await request.body(), SimpleNamespace(user="ann"))
        if not isinstance(result, StreamingResult):
            return Response(result.json.decode(), media_type="application/json")

        async def frames() -> AsyncIterator[str]:
            async for frame in result:
                yield frame.decode("utf-8")

        return StreamingResponse(frames(), media_type=SSE)

    return route


def catches_everything(server: Any) -> Any:
    async def route(request: Request) -> Response:
        try:
            result = await server.process(await request.body(), context=None)
            if isinstance(result, StreamingResult):
                return StreamingResponse(result, media_type=SSE)
            return Response(content=result.json, media_type="application/json")
        except Exception as error:  # noqa: BLE001
            return JSONResponse({"error": str(error)}, status_code=500)

    return route


ROUTES: dict[str, Callable[[Any], Any]] = {
    "as documented": as_documented,
    "the other way round": the_other_way_round,
    "by attribute": by_attribute,
    "frame by frame": frame_by_frame,
    "catches everything": catches_everything,
}


def app_with(route: Any) -> Any:
    return Starlette(routes=[Route("/chatkit", route, methods=["POST"])])
