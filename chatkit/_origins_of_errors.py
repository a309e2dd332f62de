"""Whose code an error came out of, so that the log names the class and the method beside the traceback."""

from types import FrameType

__all__ = ["name_origin"]


def name_origin(error: BaseException, *objects: object) -> None:
    """Adds a note to an error that came out of a method of one of the objects: the innermost of them, once."""
    if getattr(error, "__notes__", None):
        return
    named: str | None = None
    traceback = error.__traceback__
    while traceback is not None:
        named = _method_of(traceback.tb_frame, objects) or named
        traceback = traceback.tb_next
    if named is not None:
        error.add_note(f"It came out of {named}().")


def _method_of(frame: FrameType, objects: tuple[object, ...]) -> str | None:
    first = frame.f_code.co_varnames[:1]
    whose: object = frame.f_locals.get(first[0]) if first and frame.f_code.co_argcount else None
    if whose is None or not any(whose is one for one in objects):
        return None
    return f"{type(whose).__qualname__}.{frame.f_code.co_name}"
