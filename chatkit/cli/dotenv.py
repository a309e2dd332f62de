"""The file `.env` as part of the environment: for the module that is served too, which may read any variable of it."""

import os
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from chatkit.settings import SettingsError

__all__ = ["ENV_FILE", "read_env_file"]

ENV_FILE: Final = ".env"
_NAMES: Final = "CHATKIT_SERVE_ENV_NAMES"
"""The names that came from the file, for processes that inherit them: there the file, as it is by then, decides."""


def read_env_file(path: str = ENV_FILE) -> None:
    """Puts the file's variables into the environment, unless they are there already. Raises `SettingsError`."""
    try:
        values = dotenv_values(path, encoding="utf-8") if Path(path).is_file() else {}
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"The file {path} cannot be read: {type(error).__name__}") from None
    inherited = set(filter(None, os.environ.get(_NAMES, "").split("\n")))
    for name in inherited - values.keys():
        os.environ.pop(name, None)
    ours = {name: value for name, value in values.items() if name in inherited or name not in os.environ}
    os.environ.update({name: value for name, value in ours.items() if value is not None})
    os.environ[_NAMES] = "\n".join(name for name, value in ours.items() if value is not None)
