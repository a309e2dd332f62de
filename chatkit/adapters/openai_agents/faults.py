"""What the user reads when the model fails."""

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any, cast

import openai
from agents import (
    AgentsException,
    InputGuardrailTripwireTriggered,
    MaxTurnsExceeded,
    OutputGuardrailTripwireTriggered,
    UserError,
)

from chatkit.adapters.openai_agents.provider import ModelConfigurationError
from chatkit.errors import BaseStreamError, CustomStreamError
from chatkit.logger import logger

__all__ = ["as_stream_error", "is_too_long"]

_LOOKED_AT = 4000
_GENERIC = "The assistant could not finish its answer. Please try again."


_TOO_LONG_TEXT = (
    "This conversation has become too long for the model. Please start a new one, or send something shorter."
)
_NOT_BY_LENGTH = (openai.AuthenticationError, openai.PermissionDeniedError, openai.NotFoundError, openai.RateLimitError)
_TOO_LONG = re.compile(
    r"""
    context_length_exceeded | exceed_context_size | context_?window_?exceeded | request_too_large
    | max(imum)?\ (allowed\ )?(context|prompt|input|model|sequence)\ (length|size|window)
    | (exceed|greater\ than|longer\ than|larger\ than|beyond|reached)[^.]{0,80}context[\ _]?(length|window|size|limit)
    | context\ (length|window|size|limit)[^.]{0,80}(exceed|overflow|not\ enough|too\ (small|short))
    | context\ (the\ )?overflows
    | (prompt|input|request|message|conversation|history)s?\b[^.]{0,40}\btoo\ (long|large)\b
    | (tokens?|token\ count)\b[^.]{0,60}(exceed|must\ be\ <=)
    | exceed[^.]{0,60}(number\ of\ tokens|tokens?\ limit|tokens\b)
    | must\ have\ less\ than\ \d+\ tokens
    | reduce\ (the\ )?(length|size)\ of\ (the\ |your\ )?(messages|prompt|input|request)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""How hosts say that the input is longer than the model's context: OpenAI, Azure, vLLM, llama.cpp, Ollama, LM Studio,
Anthropic, Gemini, Mistral, …."""


def is_too_long(error: BaseException) -> bool:
    """Whether the model's host refused the input because it is longer than the model's context, in whatever words."""
    if isinstance(error, _NOT_BY_LENGTH) or not isinstance(error, openai.APIError | AgentsException):
        return False
    if isinstance(error, UserError | InputGuardrailTripwireTriggered | OutputGuardrailTripwireTriggered):
        return False
    if getattr(error, "status_code", None) == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return True
    words = list(_words(getattr(error, "body", None)))
    # The message of an error with a body may be the body again, with the names of its fields, which say nothing.
    said = [*(words or [getattr(error, "message", str(error))]), str(getattr(error, "code", ""))]
    return any(_TOO_LONG.search(text[:_LOOKED_AT]) for text in said)


def _words(body: object) -> Iterator[str]:
    """The texts in the body of an error, which hosts shape as they like."""
    match body:
        case str():
            yield body
        case dict():
            yield from _words([*cast(dict[str, object], body).values()])
        case list():
            for member in cast(list[object], body):
                yield from _words(member)
        case _:
            pass


def _where(error: openai.APIError) -> str:
    """The host that was asked, without the path and what else a URL may hold."""
    return f"{error.request.url.scheme}://{error.request.url.netloc.decode()}"


def _unknown_model(error: openai.NotFoundError) -> str:
    return (
        f"The model host {_where(error)} does not know this model or address. Check CHATKIT_MODEL "
        "(on Azure AZURE_OPENAI_DEPLOYMENT), CHATKIT_MODEL_BASE_URL and CHATKIT_MODEL_API."
    )


def _bad_request(error: openai.BadRequestError) -> str:
    if error.code in ("model_not_found", "invalid_model"):
        return f"The model host {_where(error)} does not know this model. Check CHATKIT_MODEL."
    return "The model's host refused the request. The server's log says why."


def _limited(error: openai.RateLimitError) -> str:
    if error.code == "insufficient_quota":
        return "The account at the model's host has no credit left."
    return "The model is busy right now. Please try again in a moment."


def _disconnected(error: openai.APIConnectionError) -> str:
    # By its name: which HTTP library raises it depends on the version of OpenAI's SDK.
    if type(error.__cause__).__name__ == "ConnectError":
        return f"The model at {_where(error)} cannot be reached. Check CHATKIT_MODEL_BASE_URL and that it runs."
    return f"The connection to the model at {_where(error)} broke off. Please try again."


# The first class that fits decides: the message, and whether trying again can help.
_FAULTS: tuple[tuple[type[Exception], str | Callable[[Any], str], bool], ...] = (
    (ModelConfigurationError, str, False),
    (openai.AuthenticationError, "The model's host refused the API key. Check OPENAI_API_KEY.", False),
    (
        openai.PermissionDeniedError,
        "This API key may not use this model. Check OPENAI_API_KEY, CHATKIT_MODEL.",
        False,
    ),
    (openai.NotFoundError, _unknown_model, False),
    (openai.BadRequestError, _bad_request, False),
    (openai.RateLimitError, _limited, True),
    (openai.APITimeoutError, lambda error: f"The model at {_where(error)} did not answer in time.", True),
    (openai.APIConnectionError, _disconnected, True),
    (InputGuardrailTripwireTriggered, "This request was stopped by a safety check.", False),
    (OutputGuardrailTripwireTriggered, "This answer was stopped by a safety check.", False),
    (MaxTurnsExceeded, "The assistant took too many steps without finishing. Please try again.", True),
    (UserError, "The assistant is not set up correctly. The server's log says why.", False),
)


def as_stream_error(error: Exception) -> BaseStreamError:
    """The error that tells the user what went wrong: what to set for faults of configuration, else only that it did.

    What a tool raised comes wrapped by the SDK; when it is meant for the user, it is what they get. Anything else goes
    to the log.
    """
    while isinstance(error, UserError) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    if isinstance(error, BaseStreamError):
        return error
    logger.error("The agent's run failed: %s", type(error).__name__, exc_info=error)
    if is_too_long(error):
        logger.error("The input is too long for the model: a lower history_tokens or history_limit sends less of it")
        return CustomStreamError(_TOO_LONG_TEXT, allow_retry=False)
    for kind, message, allow_retry in _FAULTS:
        if isinstance(error, kind):
            text = message if isinstance(message, str) else message(error)
            return CustomStreamError(text, allow_retry=allow_retry)
    return CustomStreamError(_GENERIC, allow_retry=True)
