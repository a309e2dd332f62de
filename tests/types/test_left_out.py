"""What tutorials leave out or take for a class: unions by type, fields with an obvious value, addresses as text."""

import copy
import json
import pickle
import warnings
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from pydantic import AnyUrl, BaseModel, TypeAdapter, ValidationError

from chatkit import types
from chatkit.store import default_generate_id
from chatkit.stores import MemoryStore
from chatkit.types import (
    AssistantMessageItem,
    Attachment,
    AttachmentUploadDescriptor,
    ClientToolCallItem,
    FileAttachment,
    ImageAttachment,
    Page,
    ThreadItem,
    ThreadMetadata,
    ToolCallItem,
    UserMessageInput,
    UserMessageItem,
    UserMessageTagContent,
    UserMessageTextContent,
)

BASE: dict[str, Any] = {"id": "i", "thread_id": "t", "created_at": datetime(2026, 1, 1, tzinfo=UTC)}
FILE: dict[str, Any] = {"id": "a", "name": "n", "mime_type": "text/plain"}
PICTURE: dict[str, Any] = {"id": "a", "name": "n", "mime_type": "image/png", "preview_url": "https://x.example/p"}

AnyThreadItem: Any = ThreadItem  # a union to type checkers, which must not know better
AnyAttachment: Any = Attachment

EXAMPLES: dict[str, tuple[dict[str, Any], str]] = {
    "ThreadItem": ({**BASE, "type": "assistant_message", "content": []}, "AssistantMessageItem"),
    "Attachment": ({**FILE, "type": "file"}, "FileAttachment"),
    "ChatKitReq": ({"type": "threads.list", "params": {}}, "ThreadsListReq"),
    "Source": ({"type": "url", "title": "t", "url": "https://x.example"}, "URLSource"),
    "StructuredInput": ({"type": "freeform", "id": "q", "question": "?"}, "StructuredInputFreeform"),
    "Task": ({"type": "thought", "content": "c"}, "ThoughtTask"),
    "ThreadStatus": ({"type": "locked"}, "LockedStatus"),
    "ThreadStreamEvent": ({"type": "progress_update", "text": "t"}, "ProgressUpdateEvent"),
    "UserMessageContent": ({"type": "input_text", "text": "t"}, "UserMessageTextContent"),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_union_by_type_can_be_used_like_a_class(name: str) -> None:
    fields, member = EXAMPLES[name]
    union = getattr(types, name)
    made = union.model_validate(fields)
    assert type(made).__name__ == member
    assert union(**fields) == made
    assert union.model_validate(made) is made
    assert union.model_validate_json(made.model_dump_json()) == made
    assert isinstance(made, union)
    assert not isinstance(fields, union)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_union_by_type_is_still_a_union(name: str) -> None:
    fields, member = EXAMPLES[name]
    union = getattr(types, name)

    class Holder(BaseModel):
        one: union
        none: union | None = None
        many: list[union] = []
        page: Page[union] = Page()

    held = Holder.model_validate({"one": fields, "many": [fields], "page": {"data": [fields]}})
    assert {type(one).__name__ for one in (held.one, *held.many, *held.page.data)} == {member}
    assert type(TypeAdapter(union).validate_python(fields)).__name__ == member
    members, _ = get_args(union)
    assert member in {one.__name__ for one in get_args(members)}


def test_a_union_by_type_has_a_schema() -> None:
    schema = AnyThreadItem.model_json_schema()
    assert {"UserMessageItem", "WidgetItem"} <= schema["$defs"].keys()


def test_a_union_by_type_names_what_is_wrong() -> None:
    with pytest.raises(ValidationError, match="'nonsense'"):
        AnyThreadItem.model_validate({**BASE, "type": "nonsense"})
    with pytest.raises(ValidationError, match="mime_type"):
        AnyAttachment(type="file", id="a", name="n")


def test_an_attachment_is_made_by_its_type_or_by_its_preview() -> None:
    assert AnyAttachment(type="file", **FILE) == FileAttachment(**FILE)
    assert AnyAttachment(type="image", **PICTURE) == ImageAttachment(**PICTURE)
    assert AnyAttachment(**FILE) == FileAttachment(**FILE)
    assert AnyAttachment(**PICTURE) == ImageAttachment(**PICTURE)
    assert AnyAttachment(**FILE, preview_url=None) == FileAttachment(**FILE, preview_url=None)


def test_a_user_message_needs_no_inference_options() -> None:
    message = UserMessageItem(**BASE, content=[UserMessageTextContent(text="hi")])
    assert json.loads(message.model_dump_json())["inference_options"] == {"tool_choice": None, "model": None}
    other = UserMessageItem(**BASE, content=[])
    message.inference_options.model = "m"
    assert other.inference_options.model is None


def test_a_mention_needs_no_data() -> None:
    tag = UserMessageTagContent(id="x", text="X")
    assert tag.data == {}
    received: Any = {"content": [{"type": "input_tag", "id": "x", "text": "X"}], "attachments": []}
    assert UserMessageInput.model_validate({**received, "inference_options": {}}).content == [tag]
    assert json.loads(tag.model_dump_json())["data"] == {}


@pytest.mark.parametrize("kind", [ClientToolCallItem, ToolCallItem])
class TestCalls:
    def test_one_without_a_call_id_is_given_one_that_stays(self, kind: type[Any]) -> None:
        call = kind(**BASE, name="n", arguments={})
        assert call.call_id
        assert kind.model_validate(call.model_dump()) == call
        assert kind.model_validate_json(call.model_dump_json()) == call
        assert kind.model_validate({**BASE, "name": "n", "arguments": {}}).call_id == call.call_id
        assert kind(**{**BASE, "id": "other"}, name="n", arguments={}).call_id != call.call_id
        assert kind(**BASE, call_id="c", name="n", arguments={}).call_id == "c"

    @pytest.mark.parametrize("output", [{}, {"a": 1}, "", "done", 0, False, []])
    def test_one_with_an_output_is_complete(self, kind: type[Any], output: Any) -> None:
        call = kind(**BASE, name="n", arguments={}, output=output)
        assert call.status == "completed"
        assert json.loads(call.model_dump_json(exclude_unset=True))["status"] == "completed"

    def test_one_without_an_output_is_not_and_what_is_said_counts(self, kind: type[Any]) -> None:
        running = kind.model_fields["status"].default
        assert kind(**BASE, name="n", arguments={}).status == running
        assert kind(**BASE, name="n", arguments={}, output=None).status == running
        assert kind(**BASE, name="n", arguments={}, output=1, status=running).status == running


def test_messages_have_a_role_that_is_not_written() -> None:
    user = UserMessageItem(**BASE, content=[])
    assistant = AssistantMessageItem(**BASE, content=[])
    assert [user.role, assistant.role] == ["user", "assistant"]
    assert "role" not in user.model_dump_json() + assistant.model_dump_json()


class TestAddresses:
    PICTURE = ImageAttachment(**PICTURE)

    def test_they_go_into_json_wherever_they_are_put(self) -> None:
        assert json.dumps({"url": self.PICTURE.preview_url}) == '{"url": "https://x.example/p"}'
        assert json.loads(json.dumps(self.PICTURE.model_dump())) == json.loads(self.PICTURE.model_dump_json())
        upload = AttachmentUploadDescriptor.model_validate({"url": "https://x.example/u", "method": "PUT"})
        assert json.loads(json.dumps(upload.model_dump()))["url"] == "https://x.example/u"

    @pytest.mark.parametrize("url", ["https://x.example", "https://x.example/a b?q=ü", "HTTP://X.example:80/p", "a:b"])
    def test_they_are_written_as_pydantic_writes_them(self, url: str) -> None:
        for given in (url, AnyUrl(url)):
            written = json.loads(ImageAttachment(**{**PICTURE, "preview_url": given}).model_dump_json())
            assert written["preview_url"] == str(AnyUrl(url))

    def test_what_is_no_address_is_refused(self) -> None:
        with pytest.raises(ValidationError, match="preview_url"):
            ImageAttachment(**{**PICTURE, "preview_url": "no address"})

    def test_they_have_what_code_asks_an_address_for(self) -> None:
        url: Any = self.PICTURE.preview_url
        assert (url.scheme, url.host, url.path) == ("https", "x.example", "/p")
        assert url == AnyUrl("https://x.example/p")
        assert url == "https://x.example/p"
        assert url != AnyUrl("https://x.example/q")
        assert url.startswith("https://")
        with pytest.raises(AttributeError):
            _ = url.nonsense

    def test_one_that_was_assigned_is_written_without_a_warning(self) -> None:
        picture = self.PICTURE.model_copy()
        picture.preview_url = AnyUrl("https://y.example/")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert "https://y.example/" in picture.model_dump_json()
            assert json.dumps(picture.model_dump())

    def test_they_can_be_copied(self) -> None:
        for copied in (copy.deepcopy(self.PICTURE), pickle.loads(pickle.dumps(self.PICTURE))):  # noqa: S301 - our own
            assert copied == self.PICTURE
            assert copied.preview_url.host == "x.example"


@pytest.mark.parametrize("kind", ["widget", "Custom Thing", "image/ü", "", "thread_item", "x" * 300])
def test_any_kind_of_item_gets_an_id(kind: Any) -> None:
    store = MemoryStore[Any]()
    thread = ThreadMetadata(id="t", created_at=datetime.now(UTC))
    made = [
        default_generate_id(kind),
        store.generate_item_id(kind, thread, {}),
        store.generate_item_id(kind, thread, {}),
    ]
    assert len(set(made)) == 3
    assert all(one.isascii() and one.replace("_", "").isalnum() and len(one) <= 64 for one in made)


def test_the_kind_is_the_ids_prefix() -> None:
    assert default_generate_id("widget").startswith("widget_")  # pyright: ignore[reportArgumentType]
    assert default_generate_id("message").startswith("msg_")
