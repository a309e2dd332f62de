"""Where this package means to differ from the reference: each scenario with its reason. Everything else is equal.

A scenario named here must differ, so that the list cannot outlive its reasons.
"""

HIDDEN = (
    "Hidden items never leave the server, whatever the event; the reference sends them when they are added or replaced."
)
STOPPED = "Closing the stream is the user's stop, as cancelling is: what was written is kept. The reference drops it."
REFUSED = (
    "A locked or closed thread refuses the user's words on the server too: messages, retries, structured inputs. "
    "Tools' outputs, which end what began before, and actions, which are the application's own, are taken."
)
VERIFIED = "The hook of `items.feedback` may trust its ids: they are the user's own thread and items that can be seen."
NOTHING_PENDING = "The model is told of a stop only when something was pending that the user may have stopped."
FAILED = "What was written before an error is kept, marked as incomplete. The reference drops it."
LIMITS = "Page sizes are 1 to 100: a wrong one is an error, a larger one is cut."
NOT_SUPPORTED = (
    "What the application did not provide is a NotImplementedError (a RuntimeError still), which HTTP turns into 501."
)

INTENDED = {
    "events: hidden items added or replaced": HIDDEN,
    "events: a thread with metadata that the hook sends itself": "A thread's metadata never leaves the server.",
    "events: nulls inside a widget's lists": "A null in a list keeps its place: the rest must not shift.",
    "cancelled after 0 events": NOTHING_PENDING,
    "cancelled after the thread changed": NOTHING_PENDING,
    "error: custom": FAILED,
    "error: any other": FAILED,
    "closed after 3 frames": STOPPED,
    "closed after 5 frames": STOPPED,
    "closed after 6 frames": STOPPED,
    "threads.create, attachment unknown": "Checked first: a request that fails leaves no thread.",
    "threads.add_user_message, thread locked": REFUSED,
    "threads.add_user_message, thread closed": REFUSED,
    "threads.add_user_message, one attachment twice": "Each attachment is loaded, stored and shown once.",
    "threads.retry_after_item, thread locked": REFUSED,
    "threads.add_structured_input, thread locked": REFUSED,
    "items.feedback, unknown item": VERIFIED,
    "items.feedback, unknown thread": VERIFIED,
    "threads.list, limit 0": LIMITS,
    "threads.list, limit -1": LIMITS,
    "threads.list, limit 1000": LIMITS,
    "items.feedback, 101 items": "What is looked up one by one has a number: ids, attachments and extensions 100 each.",
    "threads.update, NaN in the metadata": "NaN is not JSON.",
    "attachments.create, no store": NOT_SUPPORTED,
    "attachments.delete, unknown": "The store is asked whose the attachment is before its bytes are gone.",
    "attachments.delete, no store": NOT_SUPPORTED,
    "threads.custom_action, not overridden": "An action that nobody handles is known before the stream begins and is "
    "an error of the request; the reference opens a stream that says only that something failed.",
    "input.transcribe, not base64": "Audio that is not base64 is an error; the reference takes what is left.",
    "threads.retry_after_item, unknown": "An unknown item is an error; the reference answers with an empty stream.",
}
"""Scenario → reason, for the scenarios of `drivers/server.py`."""

ADDED = {
    ', "status": "stopped"': "A message that the user stopped says so, also after a reload.",
}
"""Pattern of what stands in addition in what this package stores, however often → reason. All else must be equal."""

WIDGETS: dict[str, str] = {
    "diff: text without an id grew": "A change that no delta can name is a new root; the reference loses it.",
    "diff: text in a single child grew": "A child that stands alone is compared like those in a list.",
    "diff: dynamic text in a single child grew": "A child that stands alone is compared like those in a list.",
    "diff: two texts of one id grew": "A delta names one component: two of the same id take a new root.",
    "stream: a generator without states": "Nothing was shown, so nothing is sent; the reference raises an error.",
}
"""Scenario → reason, for the scenarios of `drivers/widgets.py`."""

LEFT_OUT = "May be left out here, as tutorials do; it is filled in, so that the wire has it always."
INTERFACE = {
    "types.UserMessageTagContent.data": LEFT_OUT,
    "types.UserMessageItem.inference_options": LEFT_OUT,
    "server.UserMessageItem.inference_options": LEFT_OUT,
    "types.ClientToolCallItem.call_id": LEFT_OUT,
}
"""Field → why it is not as in the reference, for `test_interface.py`."""
