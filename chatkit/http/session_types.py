"""Sessions of the hosted mode, as OpenAI's API has them: what is asked for, and what is answered.

https://platform.openai.com/docs/api-reference/chatkit/sessions
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from chatkit.store.records import MAX_ID_BYTES

__all__ = ["LONGEST_SECONDS", "ChatSession", "Configuration", "SessionRequest", "Workflow"]

LONGEST_SECONDS = 24 * 3600
"""A session's, at most."""


class _Asked(BaseModel):
    """What nobody here knows is refused, and not ignored."""

    model_config = ConfigDict(extra="forbid")


class _Enabled(_Asked):
    enabled: bool = True


class FileUpload(_Asked):
    """`max_file_size` is in megabytes; `max_files` counts those of the session."""

    enabled: bool = False
    max_file_size: int = Field(default=512, ge=1, le=512)
    max_files: int = Field(default=10, ge=1)


class History(_Asked):
    """Whether the user can list earlier threads, and how many of the newest."""

    enabled: bool = True
    recent_threads: int | None = Field(default=None, ge=1)


class Configuration(_Asked):
    """What the session's user can do."""

    automatic_thread_titling: _Enabled = _Enabled()
    file_upload: FileUpload = FileUpload()
    history: History = History()


class Workflow(_Asked):
    """What the hosted mode would have run. Here hooks are told of it, and choose."""

    id: str = Field(default="default", min_length=1, max_length=200)
    version: str | None = Field(default=None, max_length=200)
    state_variables: (
        dict[Annotated[str, Field(max_length=64)], StrictStr | StrictBool | StrictInt | StrictFloat] | None
    ) = None
    tracing: _Enabled = _Enabled()


class _ExpiresAfter(_Asked):
    anchor: Literal["created_at"] = "created_at"
    seconds: int = Field(ge=1, le=LONGEST_SECONDS)


class RateLimits(_Asked):
    """How often the session's user may begin an answer, or what costs as much, in a minute."""

    max_requests_per_1_minute: int = Field(ge=1)


class SessionRequest(_Asked):
    """`POST /v1/chatkit/sessions`. `user` is who the threads belong to."""

    user: str = Field(min_length=1, max_length=MAX_ID_BYTES)
    workflow: Workflow = Workflow()
    chatkit_configuration: Configuration = Configuration()
    expires_after: _ExpiresAfter | None = None
    rate_limits: RateLimits | None = None


class ChatSession(BaseModel):
    """The answer. `expires_at` is in seconds since 1970."""

    id: str
    object: Literal["chatkit.session"] = "chatkit.session"
    client_secret: str
    expires_at: int
    user: str
    status: Literal["active", "expired", "cancelled"] = "active"
    workflow: Workflow
    rate_limits: RateLimits
    max_requests_per_1_minute: int
    chatkit_configuration: Configuration
