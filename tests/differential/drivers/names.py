"""Prints every name that can be imported from each module of whichever `chatkit` is installed, and what it is."""

import importlib
import inspect
import json
import pkgutil
import warnings
from typing import Any

import chatkit

warnings.simplefilter("ignore")


def kind(value: Any) -> str:
    """What matters to whoever imports it: whether it can be subclassed, called, or neither."""
    if inspect.ismodule(value):
        return "module"
    if inspect.isclass(value):
        return "class"
    return "function" if inspect.isroutine(value) else "value"


# Of the reference, which has modules alone; this package has many more of its own.
for name in ["chatkit", *(f"chatkit.{found.name}" for found in pkgutil.iter_modules(chatkit.__path__))]:
    if name.startswith("chatkit._"):
        continue
    try:
        module = importlib.import_module(name)
    except ImportError:
        continue
    names = [known for known in dir(module) if not (known.startswith("__") and known != "__version__")]
    print(json.dumps([name, {known: kind(getattr(module, known)) for known in names}]))
