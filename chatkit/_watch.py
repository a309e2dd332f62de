"""Notices that a hook changed its thread, also deep inside it, at a cost that does not grow with the metadata."""

import copy
from time import perf_counter
from typing import Any, Final, cast

from chatkit._depth import MOST_LEVELS_OF_A_RECORD, TooDeepError, not_too_deep
from chatkit._surrogates import sound
from chatkit.store import ThreadChanges
from chatkit.types import ActiveStatus, ThreadMetadata
from chatkit.types.threads import ASSIGNMENTS

__all__ = ["ThreadWatch"]

_SMALL: Final = 32
"""Values in the metadata that are compared after every event; 32 take 1.5 µs."""

_PAUSE: Final = 4.0
"""More values are compared during deltas at most as often as makes up 1/50 of the time: comparing them takes a tenth of
the time of copying them or less, and a pause lasts four times that."""


class ThreadWatch:
    """A thread that a hook may change at any time, and what is known of it.

    After a delta of text only what can have changed is looked at: fields if a field of any thread was set since, and
    what can be changed in place. Each word of memory counts there, since other streams have driven it out of the
    processor's cache. So what goes round `setattr` (`vars(thread)["title"] = …`) is noticed with the next event of
    another kind. Of metadata with more than 32 values, deltas see at once that entries came or went, and other changes
    within a pause of some milliseconds (2 for 1,000 values, 20 for 10,000), or at the next event that is no delta.
    With fewer, every event sees every other change.
    """

    __slots__ = (
        "_due",
        "_entries",
        "_extra",
        "_fields",
        "_inside",
        "_known",
        "_now",
        "_pause",
        "_small",
        "_thread",
        "assigned",
        "cue",
    )

    def __init__(self, thread: ThreadMetadata) -> None:
        self._thread = thread
        self._now: dict[str, Any] = vars(thread)
        self._note()

    def _note(self) -> None:
        """Takes the thread as it is now for the known state. What cannot be changed in place is shared with it."""
        thread = self._thread
        self.assigned = ASSIGNMENTS.latest
        """The last assignment that was looked into."""
        known = thread.model_copy()
        fields = vars(known)
        self._small = _is_small(thread.metadata)
        start = perf_counter()
        fields["metadata"] = copy.deepcopy(thread.metadata)
        self._pause = _PAUSE * (perf_counter() - start)
        fields["allowed_image_domains"] = copy.copy(thread.allowed_image_domains)
        if not isinstance(thread.status, ActiveStatus):  # in which nothing could change
            fields["status"] = copy.deepcopy(thread.status)
        object.__setattr__(known, "__pydantic_extra__", copy.deepcopy(thread.__pydantic_extra__))
        self._known, self._fields, self._extra = known, fields, known.__pydantic_extra__
        others = [(self._now.get(name), value) for name, value in fields.items() if name != "metadata"]
        self._inside = [(live, value) for live, value in others if live is not value]
        """What can be changed in place and is compared after every event, with what is known of it."""
        if self._extra:
            self._inside.append((thread.__pydantic_extra__, self._extra))
        self.cue: Any = True if self._inside or thread.metadata else thread.metadata
        """Unless it is true or `assigned` is not the last, `changed_by_delta` is false. Empty metadata becomes true."""
        if self._small:
            self._inside.append((thread.metadata, fields["metadata"]))
        self._rest()

    def _rest(self) -> None:
        """Large metadata is not compared for a while: only that it is as long as before."""
        self._entries = len(self._thread.metadata or ())
        self._due = perf_counter() + self._pause

    def changed(self) -> bool:
        """Whether anything differs from what is known."""
        try:
            return self._now != self._fields or self._thread.__pydantic_extra__ != self._extra
        except RecursionError:  # what contains itself: `take` says so in words
            return True

    def changed_by_delta(self) -> bool:
        """As `changed`, at a cost that does not grow with the metadata: inside it, some changes are noticed later."""
        if (latest := ASSIGNMENTS.latest) is not self.assigned:
            if self.changed():
                return True
            self.assigned = latest
        try:
            if any(live != known for live, known in self._inside):
                return True
        except RecursionError:
            return True
        if self._small or (len(self._now["metadata"] or ()) == self._entries and perf_counter() < self._due):
            return False
        if self.changed():
            return True
        self._rest()
        return False

    def take(self) -> ThreadChanges:
        """What has changed, with every text well-formed; it is known from then on.

        Raises `TooDeepError` when it is nested too deep to be stored, once.
        """
        before = self._known
        try:
            not_too_deep(self._thread, MOST_LEVELS_OF_A_RECORD)
        except TooDeepError:
            # Nothing more is to be noticed.
            self._now, self._small, self._inside, self.cue = self._fields, True, [], None
            self._extra = self._thread.__pydantic_extra__
            raise
        self._note()
        return ThreadChanges.between(before, sound(self._known))


def _is_small(metadata: dict[str, Any]) -> bool:
    """Whether there are at most `_SMALL` values, however nested."""
    waiting: list[object] = [metadata]
    for _ in range(_SMALL + 1):
        if not waiting:
            return True
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(cast(dict[str, object], value).values())
        elif isinstance(value, list):
            waiting.extend(cast(list[object], value))
    return not waiting
