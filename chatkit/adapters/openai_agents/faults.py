"""What the user reads when the model fails."""

from collections.abc import Callable
from typing import Any

import openai
from agents import InputGuardrailTripwireTriggered, MaxTurnsExceeded, OutputGuardrailTripwireTriggered, UserError

from chatkit.adapters.openai_agents.provider import ModelConfigurationError
from chatkit.errors import BaseStreamError, CustomStreamError
from chatkit.logger import logger

__all__ = ["as_stream_error"]

_GENERIC = "The assistant could not finish its answer. Please try again."


def _where(error: openai.APIError) -> str:
    """The host that was asked, without the path and what else a URL may hold."""
    return f"{error.request.url.scheme}://{error.request.url.netloc.decode()}"


def _unknown_model(error: openai.NotFoundError) -> str:
    return (
        f"The model host {_where(error)} does not know this model or address. Check CHATKIT_MODEL "
        "(on Azure AZURE_OPENAI_DEPLOYMENT), CHATKIT_MODEL_BASE_URL and CHATKIT_MODEL_API."
    )


def _bad_request(error: openai.BadRequestError) -> str:
    if error.code == "context_length_exceeded":
        return "This conversation has become too long for the model. Please start a new one."
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
    for kind, message, allow_retry in _FAULTS:
        if isinstance(error, kind):
            text = message if isinstance(message, str) else message(error)
            return CustomStreamError(text, allow_retry=allow_retry)
    return CustomStreamError(_GENERIC, allow_retry=True)
