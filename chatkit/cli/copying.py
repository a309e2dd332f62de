"""`chatkit element`."""

import shutil
from pathlib import Path

from chatkit.cli.problems import UsageProblem
from chatkit.http.assets import ELEMENT_FOLDER, PAGE_HELPERS, element_folder, loader_script

__all__ = ["copy_element"]


def copy_element(out: Path) -> int:
    """Copies the element for a server of static files; gives the number of files.

    `chatkit.js` and the page's helpers go into `out`, the rest into `chatkit/` there. What else is there stays: pages
    that are open may still load files of the version before.
    """
    elements = element_folder()
    if "manifest.json" not in elements:
        raise UsageProblem("The element's files are missing from this installation: `chatkit doctor` says more.")
    try:
        shutil.copytree(ELEMENT_FOLDER, out / "chatkit", dirs_exist_ok=True)
        for name in PAGE_HELPERS:
            shutil.copy2(ELEMENT_FOLDER / name, out / name)
        (out / "chatkit.js").write_bytes(loader_script(elements).content)
    except OSError as error:
        raise UsageProblem(f"{out} cannot be written: {error.strerror}") from error
    return sum(1 for file in ELEMENT_FOLDER.rglob("*") if file.is_file()) + len(PAGE_HELPERS) + 1
