"""What was changed in a thread, so that it can be done again to the thread as it is stored by now. Pure."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chatkit.types import ThreadMetadata

__all__ = ["ThreadChanges"]

_NOT_COMPARED: Final = {"id", "created_at", "metadata", "items"}


@dataclass(frozen=True, slots=True)
class ThreadChanges:
    """Some fields of a thread, each with what it becomes.

    `fields` are whole values by name: `title`, `status`, `allowed_image_domains`, and fields of a newer version. Of
    `metadata` there are only the entries that changed; `removed_metadata` names those that are gone. A title that
    `title_yields` is set only while the stored one is still `title_before`: who renames a thread is not overruled by
    a title that was thought of earlier.
    """

    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    removed_metadata: frozenset[str] = frozenset()
    title_yields: bool = False
    title_before: str | None = None

    @classmethod
    def between(cls, before: ThreadMetadata, after: ThreadMetadata) -> "ThreadChanges":
        """What turns `before` into `after`. Its title yields to one that was set meanwhile."""
        old, new = _fields(before), _fields(after)
        metadata_before, metadata_after = before.metadata or {}, after.metadata or {}  # some set it to None
        fields = {name: value for name, value in new.items() if name not in old or old[name] != value}
        fields |= dict.fromkeys(old.keys() - new.keys())
        metadata = {
            name: value
            for name, value in metadata_after.items()
            if name not in metadata_before or metadata_before[name] != value
        }
        return cls(
            copy.deepcopy(fields),
            copy.deepcopy(metadata),
            frozenset(metadata_before.keys() - metadata_after.keys()),
            title_yields=True,
            title_before=before.title,
        )

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.fields or self.metadata or self.removed_metadata)

    def applied_to(self, thread: ThreadMetadata) -> ThreadMetadata:
        """The thread with these changes. `thread` itself stays as it is."""
        fields = dict(self.fields)
        if self.title_yields and thread.title != self.title_before:
            fields.pop("title", None)
        metadata = {name: value for name, value in (thread.metadata or {}).items() if name not in self.removed_metadata}
        changed = thread.model_copy(deep=True)
        for name, value in copy.deepcopy({**fields, "metadata": {**metadata, **self.metadata}}).items():
            setattr(changed, name, value)
        return changed


def _fields(thread: ThreadMetadata) -> dict[str, Any]:
    """What may change as a whole: the fields, those of a newer version too."""
    known = {name: value for name, value in vars(thread).items() if name not in _NOT_COMPARED}
    return known | (thread.model_extra or {})
