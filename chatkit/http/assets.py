"""Files that the package serves: the element, as its build left it, and the page's own."""

import asyncio
import gzip
import hashlib
import mimetypes
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath

from starlette.requests import Request
from starlette.responses import Response

from chatkit.http.errors import HttpError, Problem

__all__ = [
    "ELEMENT_FOLDER",
    "PAGES_FOLDER",
    "PAGE_HELPERS",
    "Asset",
    "AssetFolder",
    "element_folder",
    "loader_script",
    "page_style",
    "pages_folder",
]

PACKAGE = Path(__file__).resolve().parent.parent
ELEMENT_FOLDER = PACKAGE / "_element"
"""Where the element's build puts its files."""
PAGE_HELPERS = ("chatkit-page.js", "chatkit-page.d.ts")
"""The module with helpers for pages around the element, and its types: they lie beside `/chatkit.js`."""
PAGES_FOLDER = Path(__file__).resolve().parent / "pages"

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATED = "no-cache"
_MEDIA_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".ts": "text/plain",
}
_COMPRESSIBLE = {".js", ".mjs", ".css", ".json", ".svg", ".html", ".map", ".txt"}
_ENCODINGS = {"br": ".br", "gzip": ".gz"}
_SMALLEST = 1024


def _not_found() -> HttpError:
    return HttpError(Problem(404, "not_found", "There is no such file."))


def media_type_of(name: str) -> str:
    """The MIME type by the name's ending. Not left to the machine: on some, scripts are `text/plain`."""
    suffix = PurePosixPath(name).suffix.lower()
    return _MEDIA_TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


class Asset:
    """One file in memory, with its encodings, and how long browsers may keep it.

    What is `embeddable` other origins may load too: it holds no secrets.
    """

    def __init__(
        self, name: str, content: bytes, *, encoded: Mapping[str, bytes], cache_control: str, embeddable: bool
    ) -> None:
        self.name = name
        self.content = content
        self._encoded = dict(encoded)
        self._cache_control = cache_control
        self._embeddable = embeddable
        self._digest = hashlib.sha256(content).hexdigest()[:24]
        compressible = PurePosixPath(name).suffix.lower() in _COMPRESSIBLE and len(content) >= _SMALLEST
        self._may_gzip = compressible and "gzip" not in self._encoded
        self._varies = compressible or bool(self._encoded)

    async def respond(self, request: Request) -> Response:
        """The file in the smallest encoding that the client takes, or 304 when it has it already."""
        encoding = await self._choose(request.headers.get("accept-encoding", ""))
        tag = f'"{self._digest}{"-" + encoding if encoding else ""}"'
        headers = {
            "Cache-Control": self._cache_control,
            "ETag": tag,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "cross-origin" if self._embeddable else "same-origin",
        }
        if self._embeddable:
            headers["Access-Control-Allow-Origin"] = "*"
        if self._varies:
            headers["Vary"] = "Accept-Encoding"
        if _matches(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=headers)
        if encoding:
            headers["Content-Encoding"] = encoding
        content = self._encoded[encoding] if encoding else self.content
        response = Response(content, headers=headers, media_type=media_type_of(self.name))
        if request.method == "HEAD":
            response.body = b""
        return response

    async def _choose(self, accepted: str) -> str:
        wanted = _accepted(accepted)
        if "br" in wanted and "br" in self._encoded:
            return "br"
        if "gzip" not in wanted:
            return ""
        if self._may_gzip:
            self._may_gzip = False
            self._encoded["gzip"] = await asyncio.to_thread(gzip.compress, self.content, 9, mtime=0)
        return "gzip" if "gzip" in self._encoded else ""


def _accepted(header: str) -> set[str]:
    """The encodings that an `Accept-Encoding` names, but for those it refuses with `q=0`."""
    found: set[str] = set()
    for part in header.lower().split(","):
        name, _, parameters = part.partition(";")
        quality = parameters.replace(" ", "").removeprefix("q=")
        if quality not in ("0", "0.0", "0.00", "0.000"):
            found.add(name.strip())
    return found


def _matches(if_none_match: str, tag: str) -> bool:
    known = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return tag in known or "*" in known


class AssetFolder:
    """The files of a folder, read when first asked for, and again when they have changed.

    Names under `assets/` carry a hash of their content: they never change. The others browsers ask about each time.
    Compressed copies that lie beside a file (`.br`, `.gz`) are used as they are.

    A file has one name, the one that the folder's listing gives it. What a client types is compared with those names
    and never becomes a path: so `..`, `//`, other spellings and names of any length are just names that are not there,
    and no more is kept in memory than the folder has.
    """

    def __init__(self, folder: Path, *, embeddable: bool = True) -> None:
        self.folder = folder
        self._embeddable = embeddable
        self._paths: dict[str, Path] = {}
        self._listed: dict[Path, int] = {}
        self._known: dict[str, tuple[int, Asset]] = {}

    def __contains__(self, name: str) -> bool:
        self._list()
        return name in self._paths

    def get(self, name: str) -> Asset:
        """Raises `HttpError` 404 for what is not a file in the folder."""
        hashed = name.startswith("assets/")
        changed_at, asset = self._known.get(name, (0, None))
        if asset is not None and hashed:
            return asset
        self._list()
        path = self._paths.get(name)
        if path is None:
            raise _not_found()
        try:
            now = path.stat().st_mtime_ns
            if asset is None or now != changed_at:
                asset = self._read(path, IMMUTABLE if hashed else REVALIDATED)
        except OSError:  # deleted since it was listed, or not to be read
            raise _not_found() from None
        self._known[name] = now, asset
        return asset

    def _read(self, path: Path, cache_control: str) -> Asset:
        copies = {encoding: path.with_name(path.name + suffix) for encoding, suffix in _ENCODINGS.items()}
        return Asset(
            path.name,
            path.read_bytes(),
            encoded={encoding: copy.read_bytes() for encoding, copy in copies.items() if copy.is_file()},
            cache_control=cache_control,
            embeddable=self._embeddable,
        )

    def _list(self) -> None:
        """Lists the folder's files, unless no file has come or gone since: that changes the time of its folder."""
        if self._listed and all(_changed_at(folder) == at for folder, at in self._listed.items()):
            return
        listed, paths = dict[Path, int](), dict[str, Path]()
        root = self.folder.resolve()
        for folder, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            listed[Path(folder)] = _changed_at(Path(folder))
            for name in names:
                path = Path(folder, name)
                if not name.startswith(".") and path.is_file() and path.resolve().is_relative_to(root):
                    paths[path.relative_to(self.folder).as_posix()] = path
        self._listed, self._paths = listed, paths
        self._known = {name: known for name, known in self._known.items() if name in paths}


def _changed_at(folder: Path) -> int:
    """When a file came into the folder or left it, in nanoseconds; 0 when there is no such folder."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


@cache
def element_folder() -> AssetFolder:
    """The element's files, shared by all apps of the process."""
    return AssetFolder(ELEMENT_FOLDER)


@cache
def pages_folder() -> AssetFolder:
    """The page's files, shared by all apps of the process."""
    return AssetFolder(PAGES_FOLDER, embeddable=False)


def page_style(name: str, content: bytes) -> Asset:
    """A style sheet of the page that is made for it."""
    return Asset(name, content, encoded={}, cache_control=REVALIDATED, embeddable=False)


def loader_script(elements: AssetFolder) -> Asset:
    """`/chatkit.js`: the script of the element's build, which loads modules from `assets/` beside itself.

    Here it lies one folder higher than they do, and loads them from `chatkit/assets/`.
    """
    source = elements.get("chatkit.js").content.replace(b'"./assets/', b'"./chatkit/assets/')
    return Asset("chatkit.js", source, encoded={}, cache_control=REVALIDATED, embeddable=True)
