"""Names that code written for `openai-chatkit` imports from a module although they are made in another.

Each module of the package that has such names ends with `__getattr__ = known_names(__name__)`: what it does not have
itself is looked up here, and nothing is imported before somebody asks for it.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

__all__ = ["KNOWN_NAMES", "known_names"]

_AGENTS: Final = "chatkit.adapters.openai_agents"

KNOWN_NAMES: Final[dict[str, dict[str, str]]] = {
    "chatkit.widgets": {
        "chatkit.actions": "ActionConfig",
        "chatkit.icons": "IconName",
        "chatkit.widgets._reference": """
            _direct_usage_of_named_widget_types_deprecated=unchanged _drop_none=drop_none _jinja_env=jinja_env
        """,
        "": "inspect json",
        "__future__": "annotations",
        "datetime": "datetime",
        "jinja2": "Environment StrictUndefined Template",
        "pathlib": "Path",
        "pydantic": "BaseModel ConfigDict Field model_serializer",
        "typing": "Annotated Any Literal",
        "typing_extensions": "NotRequired TypedDict deprecated",
    },
    "chatkit.types": {
        "chatkit.types.page": "T",
        "__future__": "annotations",
        "datetime": "datetime",
        "pydantic": "AnyUrl BaseModel Field SerializationInfo model_serializer",
        "typing": "Annotated Any Generic Literal",
        "typing_extensions": "TypeIs TypeVar",
    },
    "chatkit.store": {
        "chatkit.store.ids": "_ID_PREFIXES",
        "chatkit.store.ports": "TContext",
        "chatkit.types": "Attachment AttachmentCreateParams Page ThreadItem ThreadMetadata",
        "": "uuid",
        "abc": "ABC abstractmethod",
        "typing": "Any Generic Literal",
        "typing_extensions": "TypeVar",
    },
    "chatkit.server": {
        "chatkit.errors": "CustomStreamError ErrorCode StreamError",
        "chatkit.logger": "logger",
        "chatkit.types": """
            AssistantMessageContent AssistantMessageContentPartAdded AssistantMessageContentPartAnnotationAdded
            AssistantMessageContentPartDone AssistantMessageContentPartTextDelta AttachmentsCreateReq
            AttachmentsDeleteReq ClientToolCallItem ErrorEvent HiddenContextItem InputTranscribeReq ItemsFeedbackReq
            ItemsListReq NonStreamingReq Page StreamOptionsEvent StructuredInputAnswer StructuredInputItem
            StructuredInputMultipleChoice StructuredInputSubmission Thread ThreadCreatedEvent ThreadItemRemovedEvent
            ThreadItemReplacedEvent ThreadUpdatedEvent ThreadsAddClientToolOutputReq ThreadsAddStructuredInputReq
            ThreadsCustomActionReq ThreadsDeleteReq ThreadsGetByIdReq ThreadsListReq ThreadsRetryAfterItemReq
            ThreadsSyncCustomActionReq ThreadsUpdateReq UserMessageInput WidgetComponentUpdated WidgetRootUpdated
            WidgetStreamingTextValueDelta WorkflowItem WorkflowTaskAdded WorkflowTaskUpdated
        """,
        "chatkit.version": "__version__",
        "chatkit.widgets": "WidgetComponent WidgetComponentBase",
        "": "agents asyncio base64",
        "agents.models.chatcmpl_helpers": "chat_completions_headers_override=HEADERS_OVERRIDE",
        "agents.models.openai_responses": "responses_headers_override=_HEADERS_OVERRIDE",
        "contextlib": "contextmanager",
        "pydantic": "BaseModel TypeAdapter",
        "typing": "assert_never",
    },
    "chatkit.agents": {
        "chatkit.server": "stream_widget",
        "chatkit.store": "Store StoreItemType",
        "chatkit.types": """
            Annotation AssistantMessageContent AssistantMessageContentPartAdded
            AssistantMessageContentPartAnnotationAdded AssistantMessageContentPartDone
            AssistantMessageContentPartTextDelta AssistantMessageItem Attachment ClientToolCallItem DurationSummary
            EndOfTurnItem FileSource GeneratedImage GeneratedImageItem GeneratedImageUpdated HiddenContextItem
            SDKHiddenContextItem StructuredInputItem Task TaskItem ThoughtTask ThreadItem ThreadItemAddedEvent
            ThreadItemDoneEvent ThreadItemRemovedEvent ThreadItemUpdatedEvent ThreadMetadata ThreadStreamEvent
            URLSource UserMessageItem UserMessageTagContent UserMessageTextContent WidgetItem Workflow WorkflowItem
            WorkflowSummary WorkflowTaskAdded WorkflowTaskUpdated
        """,
        "chatkit.widgets": "Markdown Text WidgetRoot",
        f"{_AGENTS}.context": "TContext",
        f"{_AGENTS}.reference": """
            T1 T2 _AsyncQueueIterator=AsyncQueueIterator _DEFAULT_CONVERTER=DEFAULT_CONVERTER
            _EventWrapper=EventWrapper _QueueCompleteSentinel=QueueCompleteSentinel
            _convert_annotation=convert_annotation _convert_content=convert_content
            _function_call_metadata=function_call_metadata _merge_generators=merge_generators
        """,
        f"{_AGENTS}.stream": "_DEFAULT_RESPONSE_STREAM_CONVERTER",
        f"{_AGENTS}.text": "TWidget",
        "": "asyncio json",
        "agents": """
            InputGuardrailTripwireTriggered OutputGuardrailTripwireTriggered RunResultStreaming StreamEvent
            TResponseInputItem
        """,
        "collections": "defaultdict",
        "collections.abc": "AsyncIterator",
        "datetime": "datetime",
        "inspect": "cleandoc",
        "openai.types.responses": """
            EasyInputMessageParam ResponseFunctionToolCall ResponseFunctionToolCallParam ResponseInputContentParam
            ResponseInputImageParam ResponseInputMessageContentListParam ResponseInputTextParam ResponseOutputText
        """,
        "openai.types.responses.response_input_item_param": "FunctionCallOutput Message",
        "openai.types.responses.response_output_message": "Content",
        "openai.types.responses.response_output_text": """
            AnnotationContainerFileCitation AnnotationFileCitation AnnotationURLCitation ResponsesAnnotation=Annotation
        """,
        "pydantic": "BaseModel ConfigDict SkipValidation TypeAdapter",
        "typing": "Annotated Any AsyncGenerator Generic Sequence TypeVar assert_never cast",
    },
}
"""Module → where its names are made → the names, as `name=original` where they differ. Under "" stand modules."""


def known_names(module: str) -> Callable[[str], Any]:
    """The `__getattr__` of a module: finds the names that the table has for it."""
    sources: dict[str, tuple[str, str]] = {}
    for source, names in KNOWN_NAMES[module].items():
        for entry in names.split():
            name, _, original = entry.partition("=")
            sources[name] = source, original or name

    def find(name: str) -> Any:
        if name not in sources:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        source, original = sources[name]
        try:
            return getattr(import_module(source), original) if source else import_module(name)
        except ModuleNotFoundError as error:
            raise AttributeError(f"{module}.{name} needs the package {error.name!r}, which is not installed") from error

    return find
