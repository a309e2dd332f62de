"""Fields that a component does not have: a spelling mistake, or the field of a newer peer.

They are kept, because newer peers exist. Who writes one in Python is told, once per place; tests may refuse them.
"""

import difflib
import inspect
import warnings
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Literal

from pydantic import BaseModel

__all__ = ["UnknownFieldError", "UnknownFieldWarning", "checking", "report", "report_given", "widget_fields"]

KNOWN_ELSEWHERE = {"Card": ("border",), "Basic": ("align", "direction", "gap", "justify", "padding", "theme")}
"""Fields that the element draws and the reference's Python package has not."""

Validate = Literal["strict", "warn", "off"]


class UnknownFieldWarning(UserWarning):
    """A widget component was given a field that it does not have."""


class UnknownFieldError(TypeError):
    """A widget component was given a field that it does not have, where that is refused."""


class _Checking:
    """How unknown fields are taken, in the whole process."""

    mode: Validate = "warn"


checking = _Checking()


@contextmanager
def widget_fields(validate: Validate) -> Generator[None]:
    """How unknown fields of components are taken inside, in the whole process; meant for tests.

    "strict" raises `UnknownFieldError`, also for components given as dicts; "warn" is the default; "off" is silent.
    """
    before, checking.mode = checking.mode, validate
    try:
        yield
    finally:
        checking.mode = before


def report(component: str, known: Iterable[str], unknown: Iterable[str], where: str, strict: bool, level: int) -> None:
    """Warns of fields, or raises `UnknownFieldError`. `level` is the caller who is warned: 1 called this function."""
    known = [*known, *KNOWN_ELSEWHERE.get(component, ())]
    for name in unknown:
        if name in known:
            continue
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        message = f"{where}{component} has no field '{name}'" + (f"; did you mean '{close[0]}'?" if close else ".")
        if strict or checking.mode == "strict":
            raise UnknownFieldError(message)
        if checking.mode == "warn":
            warnings.warn(message, UnknownFieldWarning, stacklevel=level + 1)


def report_given(component: str, known: Iterable[str], given: Iterable[str]) -> None:
    """Looks at the fields that the validator which calls this was given.

    Warns only when somebody calls the class of a component, or of what contains it: what is read, from JSON or from
    dicts, may come from a newer peer. "strict" makes no difference between them.
    """
    if checking.mode == "strict" or _is_called():
        report(component, known, given, "", False, 4)


def _is_called() -> bool:
    """Whether the validator two calls up runs because a model's class was called."""
    frame = inspect.currentframe()
    for _ in range(3):
        frame = frame and frame.f_back
    return frame is not None and frame.f_code is BaseModel.__init__.__code__
