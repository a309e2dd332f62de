"""Serves the gallery: every widget and every state of the element, each at an address of its own.

    scripts/gallery [--port 8321]      sets up what is needed and prints the address
    python -m scripts.serve_gallery    the same, where everything is set up already

The page is built from `web/gallery/` into `.chatkit/gallery/` when it is not fresh. It is served under the policy that
the project's own page has, strict and with Trusted Types; the element is the one that the package ships.
"""

import argparse
import hashlib
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatkit.http import Branding, PageOptions
from chatkit.http.app import page_headers
from chatkit.http.assets import AssetFolder, element_folder, loader_script
from chatkit.http.page import content_security_policy
from scripts import hatch_build

__all__ = ["FIXTURES", "app", "build"]

GALLERY = hatch_build.WEB / "gallery"
FIXTURES = GALLERY / "fixtures"
OUTPUT = hatch_build.ROOT / ".chatkit" / "gallery"
STAMP = OUTPUT / ".stamp"


def _fingerprint() -> str:
    """A digest of what the page is built from."""
    files = [path for path in sorted(GALLERY.rglob("*")) if path.is_file()]
    digest = hashlib.sha256()
    for path in [*files, hatch_build.WEB / "package-lock.json"]:
        digest.update(path.relative_to(hatch_build.WEB).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def build() -> None:
    """Builds the page and the element, each unless it is fresh. Raises `SystemExit` with the build's words."""
    hatch_build.build()
    wanted = _fingerprint()
    if STAMP.is_file() and STAMP.read_text().strip() == wanted:
        return
    if not (hatch_build.WEB / "node_modules").is_dir():
        hatch_build.npm("ci", "--no-fund", "--no-audit")
    hatch_build.npm("run", "gallery")
    STAMP.write_text(wanted + "\n")


def app() -> Starlette:
    """The built page, and the element beside it."""
    files, element = AssetFolder(OUTPUT, embeddable=False), element_folder()
    policy = content_security_policy(PageOptions(), Branding(), "'none'")

    async def page(request: Request) -> Response:
        response = await files.get("index.html").respond(request)
        response.headers.update(page_headers(policy))
        return response

    async def loader(request: Request) -> Response:
        return await loader_script(element).respond(request)

    async def part_of_element(request: Request) -> Response:
        return await element.get(request.path_params["name"]).respond(request)

    async def file(request: Request) -> Response:
        return await files.get(request.path_params["name"]).respond(request)

    return Starlette(
        routes=[
            Route("/", page),
            Route("/chatkit.js", loader),
            Route("/chatkit/{name:path}", part_of_element),
            Route("/{name:path}", file),
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--port", type=int, default=8321)
    port: int = parser.parse_args().port
    build()
    print(f"The gallery is at http://127.0.0.1:{port}", flush=True)
    uvicorn.run(app(), host="127.0.0.1", port=port, log_level="warning")
    return 0


if __name__ == "__main__":
    sys.exit(main())
