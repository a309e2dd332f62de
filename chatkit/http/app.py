"""`ChatKit`: a server, its page and its element as one ASGI app."""

import asyncio
import os
import re
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from chatkit._runs import runs_of
from chatkit._shown import shown
from chatkit.http.addresses import Proxies
from chatkit.http.assets import AssetFolder, element_folder, page_style, pages_folder
from chatkit.http.auth import Authentication, ContextProvider, OwnContext, VisitorCookie
from chatkit.http.bearer import BearerToken
from chatkit.http.charges import Charges, shared_limiter
from chatkit.http.closing import close_all
from chatkit.http.element import element_routes
from chatkit.http.endpoint import PlainEndpoint, ProtocolEndpoint
from chatkit.http.errors import error_response, problem_of
from chatkit.http.health import Health
from chatkit.http.hosts import guarded, only_for_hosts
from chatkit.http.limits import RateLimiter, TokenBuckets
from chatkit.http.open_streams import OpenStreams
from chatkit.http.page import PageOptions, branding_css, branding_json, content_security_policy, page_config
from chatkit.http.session_auth import ClientSecret
from chatkit.http.session_limits import SessionLimits
from chatkit.http.session_routes import session_routes
from chatkit.http.sessions import Sessions
from chatkit.http.shutdown import up
from chatkit.http.socket import PATH, SocketEndpoint
from chatkit.logger import logger
from chatkit.server import ChatKitServer
from chatkit.settings import Branding, Settings
from chatkit.store import StoreUnavailableError
from chatkit.store.borrowed import as_store
from chatkit.store.owner import owner_in_http

__all__ = ["ChatKit"]


class ChatKit(Starlette):
    """Serves a `ChatKitServer`: the endpoint, the element, a full-page chat, health.

        app = ChatKit(MyServer(MemoryStore()))                    # uvicorn module:app
        other_app.mount("/assistant", ChatKit(server))            # inside FastAPI or Starlette
        routes = [*my_routes, *ChatKit(server).routes]            # or as routes

    Who sends a request is found out by, in this order: `context`, a callable of your own; `authentication`, a ready
    one; the settings' JWT secret or JWKS URL; else visitor cookies. With the settings' `api_keys` servers can ask for
    client secrets (`docs/hosted.md`), which are known beside all these, and in place of visitor cookies. `limiter`
    counts what owners and addresses ask for, in place of the one that the settings name; one of your own is not closed.

    `path` is the endpoint's. `page` is what the page says; None leaves the page out. `index`, one HTML file, or
    `static_dir`, a folder with an `index.html`, puts a front end of your own in its place. `element_dir` is where the
    built element lies, unless it is the package's own.

    As an app of its own it warms the store up when it starts. When it stops, it waits for turns to store what they
    have, then closes the server, its store and its attachment store: whatever of them has a `close()`, synchronous or
    not. A `lifespan` given here is entered before and left after all that. A mounted app is not told of start and
    stop; enter `app.lifespan()` from your own.
    """

    def __init__(
        self,
        server: ChatKitServer[Any],
        *,
        context: ContextProvider | None = None,
        authentication: Authentication | None = None,
        limiter: RateLimiter | None = None,
        settings: Settings | None = None,
        branding: Branding | None = None,
        page: PageOptions | None = PageOptions(),  # noqa: B008 - never changed
        index: Path | str | None = None,
        static_dir: Path | str | None = None,
        path: str = "/chatkit",
        element_dir: Path | str | None = None,
        lifespan: Callable[[], AbstractAsyncContextManager[None]] | None = None,
    ) -> None:
        self.server = server
        self.settings = settings or Settings.load()
        if self.settings.max_message_bytes is not None:
            server.max_message_bytes = self.settings.max_message_bytes
        self.branding = branding or Branding.load()
        proxies, owner_of = Proxies(self.settings.trusted_proxies), owner_in_http(server.store)
        sessions = _sessions(server, self.settings)
        given = OwnContext(context, owner=owner_of) if context else authentication
        self.authentication = _signed_in_by(given, sessions, self.settings, proxies)
        self._own_limiter = shared_limiter(self.settings) if limiter is None else None
        self.limiter = limiter or self._own_limiter or TokenBuckets()
        self.streams = OpenStreams()
        self._own_lifespan = lifespan or nullcontext
        self._stops_at: float | None = None
        self._page = page
        self._path = "/" + path.strip("/")
        self._elements = element_folder() if element_dir is None else AssetFolder(Path(element_dir))
        self._health = Health(as_store(server.store))
        charges = Charges(self.limiter, self.settings, proxies)
        self._session_routes = [] if sessions is None else session_routes(sessions, self.settings, charges)
        endpoint = ProtocolEndpoint(
            server,
            authentication=self.authentication,
            settings=self.settings,
            streams=self.streams,
            charges=charges,
            health=self._health,
            owner_of=owner_of,
            session_limits=None if sessions is None else SessionLimits(server, sessions.records),
        )
        self._endpoint = guarded(endpoint, self.settings.allowed_hosts)
        self._socket = SocketEndpoint(
            endpoint,
            authentication=self.authentication,
            settings=self.settings,
            charges=charges,
            is_stopping=lambda: self._stops_at is not None,
        )
        super().__init__(
            routes=only_for_hosts(
                [*self._api(), *element_routes(self._elements), *self._front(index, static_dir)],
                self.settings.allowed_hosts,
            ),
            exception_handlers={HTTPException: _as_json},
            lifespan=lambda _: self.lifespan(),
        )

    def build_middleware_stack(self) -> ASGIApp:
        """The endpoint beside the layers that Starlette puts around routes, unless the application added its own.

        It answers its own errors, and an answer is thousands of small writes, each of which would pass every layer; the
        figures with and without are in `docs/performance.md`.
        """
        layered = super().build_middleware_stack()
        if self.user_middleware:
            return layered
        endpoint, path = self._endpoint, self._path

        async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
            direct = scope["type"] == "http" and scope["path"].removeprefix(scope.get("root_path", "")) == path
            await (endpoint if direct else layered)(scope, receive, send)

        return dispatch

    @asynccontextmanager
    async def lifespan(self) -> AsyncGenerator[None, None]:
        """From start to stop. A store that is down does not keep the app from starting."""
        self._stops_at = None
        async with self._own_lifespan():
            up.add(self)
            try:
                await self._warm_up()
                yield
            finally:
                up.discard(self)
                await runs_of(self.server).close(self._time_left())
                await self.streams.ended()
                await close_all(self.server, self.server.store, getattr(self.server, "attachment_store", None))
                if self._own_limiter is not None:
                    await self._own_limiter.aclose()

    def begin_shutdown(self) -> None:
        """The server is about to stop: answers get `shutdown_seconds` from now, and nothing is begun any more.

        Whoever serves the app calls it in the app's event loop when it is told to stop, as `chatkit serve` does;
        without that the time begins with the app's own end.
        """
        if self._stops_at is None:
            self._stops_at = time.monotonic() + self.settings.shutdown_seconds
            runs_of(self.server).refuse(self.settings.shutdown_seconds)

    def _time_left(self) -> float:
        self.begin_shutdown()
        return max((self._stops_at or 0.0) - time.monotonic(), 0.0)

    async def _warm_up(self) -> None:
        try:
            await as_store(self.server.store).warm_up()
        except StoreUnavailableError as error:
            logger.warning("The store is not available yet: %s", shown(error, 500))

    # Routes

    def _api(self) -> list[BaseRoute]:
        sockets: list[BaseRoute] = [
            WebSocketRoute(self._path.rstrip("/") + PATH, self._socket, name="chatkit-socket"),
            Route(self._path.rstrip("/") + PATH, self._socket, methods=["GET"], name="chatkit-no-socket"),
        ]
        return [
            Route(self._path, self._endpoint, name="chatkit"),
            *(sockets if self.settings.websocket else []),
            *self._session_routes,
            Route("/health", PlainEndpoint(self._answer_health), methods=["GET"], name="chatkit-health"),
            Route("/ready", PlainEndpoint(self._answer_ready), methods=["GET"], name="chatkit-ready"),
        ]

    def _front(self, index: Path | str | None, static_dir: Path | str | None) -> list[BaseRoute]:
        """The page, or what the application has in its place."""
        front: list[BaseRoute] = [
            Route("/api/branding", PlainEndpoint(self._answer_branding), methods=["GET"], name="chatkit-branding")
        ]
        if self._page is not None:
            front.append(
                Route("/api/config", PlainEndpoint(self._answer_config), methods=["GET"], name="chatkit-config")
            )
        if index is not None:
            front.append(Route("/", PlainEndpoint(_own_index(Path(index), self)), methods=["GET"], name="chatkit-page"))
        if static_dir is not None:
            front.append(Mount("/", _OwnFiles(static_dir, self.settings), name="chatkit-static"))
        elif self._page is not None and index is None:
            front += [
                Route("/static/branding.css", PlainEndpoint(self._answer_stylesheet), methods=["GET"]),
                Route("/", PlainEndpoint(self._answer_page), methods=["GET"], name="chatkit-page"),
                Route("/static/{name:path}", PlainEndpoint(_answer_static), methods=["GET"], name="chatkit-static"),
            ]
        return front

    # Answers

    async def _answer_page(self, request: Request) -> Response:
        response = await pages_folder().get("index.html").respond(request)
        policy = content_security_policy(
            self._page or PageOptions(), self.branding, self.settings.frame_ancestors, self.settings.image_sources
        )
        response.headers.update(page_headers(policy))
        give_to_one(response, self.authentication.page_headers(request))
        return response

    async def _answer_stylesheet(self, request: Request) -> Response:
        content = await asyncio.to_thread(branding_css, self.branding)
        return await page_style("branding.css", content).respond(request)

    async def _answer_branding(self, request: Request) -> Response:
        return _json(branding_json(self.branding))

    async def _answer_config(self, request: Request) -> Response:
        return _json(page_config(self._page or PageOptions(), self.branding, self._path.removeprefix("/")))

    async def _answer_health(self, request: Request) -> Response:
        return _json(await self._health.report())

    async def _answer_ready(self, request: Request) -> Response:
        report = await self._health.report()
        # Without its log a run goes on in its process: only the store decides whether requests may come.
        return _json(report, status=200 if report["checks"]["store"]["status"] == "ok" else 503)


def _sessions(server: ChatKitServer[Any], settings: Settings) -> Sessions | None:
    """None where no server has a key to ask for any."""
    if not settings.api_keys:
        return None
    current = [settings.secret_key] if settings.secret_key is not None else []
    return Sessions(
        [key.get_secret_value() for key in [*current, *settings.secret_key_previous]],
        as_store(server.store).session_records(),
        per_minute=settings.turns_per_minute,
        seconds=settings.session_seconds,
    )


def _signed_in_by(
    given: Authentication | None, sessions: Sessions | None, settings: Settings, proxies: Proxies
) -> Authentication:
    """Client secrets where servers can ask for them, beside what the application or the settings say; visitors sign in
    by themselves only where nothing else does."""
    other = given or _token(settings)
    if sessions is not None:
        return ClientSecret(sessions, other)
    return other or _visitors(settings, proxies)


def _token(settings: Settings) -> Authentication | None:
    if settings.jwt_secret is not None or settings.jwt_jwks_url is not None:
        return BearerToken(
            secret=settings.jwt_secret.get_secret_value() if settings.jwt_secret is not None else None,
            jwks_url=settings.jwt_jwks_url,
            audience=settings.jwt_audience,
            issuer=settings.jwt_issuer,
        )
    return None


def _visitors(settings: Settings, proxies: Proxies) -> Authentication:
    key = settings.secret_key.get_secret_value() if settings.secret_key is not None else None
    return VisitorCookie(
        key,
        name=settings.visitor_cookie,
        previous=[previous.get_secret_value() for previous in settings.secret_key_previous],
        partitioned=settings.visitor_cookie_partitioned,
        proxies=proxies,
    )


def give_to_one(response: Response, headers: list[tuple[bytes, bytes]]) -> None:
    """Adds headers that are one visitor's own, so that no shared cache hands them to others."""
    if headers:
        response.headers["Cache-Control"] = "private, no-cache"
        response.raw_headers.extend(headers)


def page_headers(policy: str) -> dict[str, str]:
    """What the page tells the browser about itself, beside its policy."""
    return {
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }


def _own_headers(settings: Settings) -> dict[str, str]:
    """For pages of the application's own: what they load is its own affair; who may frame them, the settings say."""
    return {
        "Content-Security-Policy": f"frame-ancestors {settings.frame_ancestors}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }


def _own_index(index: Path, app: ChatKit) -> Any:
    """An HTML file of the application's."""

    async def respond(request: Request) -> Response:
        if not os.access(index, os.R_OK):
            raise FileNotFoundError(f"There is no file {index} to be the page.")
        response = FileResponse(index, headers=_own_headers(app.settings), media_type="text/html; charset=utf-8")
        give_to_one(response, app.authentication.page_headers(request))
        return response

    return respond


class _OwnFiles(StaticFiles):
    """A folder of the application's, with an `index.html`.

    What begins with a dot is not served, wherever it lies: it is a tool's or an editor's, and often a secret. Only the
    folder `.well-known` at the top is meant for the public.
    """

    def __init__(self, folder: Path | str, settings: Settings) -> None:
        super().__init__(directory=folder, html=True)
        self._headers = _own_headers(settings)

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """The file that is served for a path, links followed; nothing for what is hidden, or cannot be read."""
        try:
            full_path, found = super().lookup_path(path)
        except (OSError, ValueError):
            return "", None
        if found is None or self._is_hidden(path):
            return "", None
        real = os.path.relpath(full_path, os.path.realpath(self.directory or ""))
        return ("", None) if self._is_hidden(real) else (full_path, found)

    @staticmethod
    def _is_hidden(path: str) -> bool:
        parts = re.split(r"[/\\]", path)
        inside = parts[1:] if parts[:1] == [".well-known"] else parts
        return any(part.startswith(".") and part != "." for part in inside)

    def file_response(self, *arguments: Any, **options: Any) -> Response:
        """The file, with the headers of pages."""
        response = super().file_response(*arguments, **options)
        response.headers.update(self._headers)
        return response


async def _answer_static(request: Request) -> Response:
    return await pages_folder().get(request.path_params["name"]).respond(request)


async def _as_json(request: Request, error: Exception) -> Response:
    return error_response(problem_of(error))


def _json(content: Any, *, status: int = 200) -> Response:
    body = to_json(content, inf_nan_mode="null")
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(body, status_code=status, media_type="application/json", headers=headers)
