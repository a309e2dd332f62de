"""The element's files over HTTP: for this package's app, and for applications that keep a route of their own."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, Router

from chatkit.http.assets import ELEMENT_FOLDER, PAGE_HELPERS, AssetFolder, element_folder, loader_script
from chatkit.http.endpoint import PlainEndpoint
from chatkit.http.errors import HttpError, Problem

__all__ = ["ElementFiles", "element_routes"]


class ElementFiles(Router):
    """`/chatkit.js` and what it loads, as an app to mount in FastAPI or Starlette, wherever scripts are:

        app.mount("/static", ElementFiles())        # <script src="/static/chatkit.js" defer></script>

    Mounted at "/", it must come after all other routes. `element_dir` is where the built element lies, unless it is the
    package's own.
    """

    def __init__(self, element_dir: Path | str | None = None) -> None:
        folder = element_folder() if element_dir is None else AssetFolder(Path(element_dir))
        super().__init__(routes=element_routes(folder))


def element_routes(elements: AssetFolder) -> list[BaseRoute]:
    """The routes of the script, of the helpers beside it, and of the files in `chatkit/`."""

    async def loader(request: Request) -> Response:
        return await loader_script(_built(elements)).respond(request)

    async def helper(request: Request) -> Response:
        return await _built(elements).get(request.url.path.rpartition("/")[2]).respond(request)

    async def asset(request: Request) -> Response:
        return await _built(elements).get(request.path_params["name"]).respond(request)

    return [
        Route("/chatkit.js", PlainEndpoint(loader), methods=["GET"], name="chatkit-element"),
        *(Route(f"/{name}", PlainEndpoint(helper), methods=["GET"], name=name) for name in PAGE_HELPERS),
        Route("/chatkit/{name:path}", PlainEndpoint(asset), methods=["GET"], name="chatkit-asset"),
    ]


def _built(elements: AssetFolder) -> AssetFolder:
    if "manifest.json" in elements:
        return elements
    hint = "python scripts/hatch_build.py" if elements.folder == ELEMENT_FOLDER else "the element's build"
    text = f"The element's files are missing from this installation: run {hint}."
    raise HttpError(Problem(404, "element.not_built", text))
