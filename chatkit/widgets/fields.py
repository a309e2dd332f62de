"""Fields that a component does not have: a spelling mistake, or the field of a newer peer.

They are kept, because newer peers exist. Who writes one in Python is told, once per place; tests may refuse them.
"""

import difflib
import warnings
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import BaseModel

__all__ = ["ComponentType", "UnknownFieldError", "UnknownFieldWarning", "checking", "report", "widget_fields"]

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


def _report_extra(component: Any, level: int) -> None:
    extra = component.__pydantic_extra__
    if extra and component.CLOSED:
        report(component.type, component.__pydantic_fields__, extra, "", False, level + 1)


def _report_dicts(given: object, made: object, level: int) -> None:
    """Children that the call gave as dicts are its own words too; components among them have been looked at."""
    if not isinstance(given, list) or not isinstance(made, list):
        return
    for one, component in zip(cast(list[object], given), cast(list[Any], made), strict=False):
        if isinstance(one, dict):
            _report_extra(component, level + 1)
            _report_dicts(cast(dict[str, object], one).get("children"), getattr(component, "children", None), level + 1)


if TYPE_CHECKING:  # type checkers read what a call takes from the fields, as they do for each model
    ComponentType = type(BaseModel)
else:

    class ComponentType(type(BaseModel)):
        """The type of component classes: looks at what a call such as `Button(lable="Go")` left over.

        Components that are read, from JSON or from dicts, are not called: a newer peer's fields pass in silence.
        """

        def __call__(cls, *args: Any, **fields: Any) -> Any:
            made = type.__call__(cls, *args, **fields)
            if made.__pydantic_extra__:
                _report_extra(made, 2)
            if "children" in fields:
                _report_dicts(fields["children"], made.children, 2)
            return made
