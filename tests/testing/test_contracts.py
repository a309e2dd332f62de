"""The contract suites notice stores that are wrong, and let stores pass that are right."""

import subprocess
import sys
from pathlib import Path

import pytest

WRONG_STORES = {
    "ForgetsOwners": """
        def __init__(self):
            super().__init__(owner=lambda context: "everyone")
    """,
    "MovesReplacedItems": """
        async def save_item(self, thread_id, item, context):
            try:
                await self.delete_thread_item(thread_id, item.id, context)
            except NotFoundError:
                pass
            await super().add_thread_item(thread_id, item, context)
    """,
    "OrdersItemsByTime": """
        async def load_thread_items(self, thread_id, after, limit, order, context):
            page = await super().load_thread_items(thread_id, after, limit, order, context)
            page.data.sort(key=lambda item: item.created_at, reverse=order == "desc")
            return page
    """,
    "DropsUnknownFields": """
        async def add_thread_item(self, thread_id, item, context):
            known = {name: getattr(item, name) for name in type(item).model_fields}
            await super().add_thread_item(thread_id, type(item).model_construct(**known), context)
    """,
    "IgnoresUnknownCursors": """
        async def load_thread_items(self, thread_id, after, limit, order, context):
            try:
                return await super().load_thread_items(thread_id, after, limit, order, context)
            except NotFoundError:
                return await super().load_thread_items(thread_id, None, limit, order, context)
    """,
    "AlwaysSaysThereIsMore": """
        async def load_threads(self, limit, after, order, context):
            page = await super().load_threads(limit, after, order, context)
            page.has_more = True
            return page
    """,
    "SharesItsModels": """
        async def load_thread(self, thread_id, context):
            if not hasattr(self, "cached"):
                self.cached = await super().load_thread(thread_id, context)
            return self.cached
    """,
    "KeepsAttachmentsOfDeletedThreads": """
        async def delete_thread(self, thread_id, context):
            kept = dict(self._attachments)
            await super().delete_thread(thread_id, context)
            self._attachments = kept
    """,
    "DeletesWithoutLooking": """
        async def delete_thread_item(self, thread_id, item_id, context):
            try:
                await super().delete_thread_item(thread_id, item_id, context)
            except NotFoundError:
                pass
    """,
    "OpensThreadsInTwoSteps": """
        async def store_user_message(self, thread, message, context, *, opens_thread):
            if opens_thread:
                await self.save_thread(thread, context)
            await asyncio.sleep(0)
            for attachment in message.attachments:
                await self.save_attachment(attachment, context)
            await self.add_thread_item(thread.id, message, context)
    """,
    "LetsEverybodyAnswer": """
        async def claim_item(self, thread_id, item, context):
            pending = (await self.load_item(thread_id, item.id, context)).status == "pending"
            await asyncio.sleep(0)
            if pending:
                await self.save_item(thread_id, item, context)
            return pending
    """,
    "AnswersWhatIsAnswered": """
        async def claim_item(self, thread_id, item, context):
            await self.load_item(thread_id, item.id, context)
            await self.save_item(thread_id, item, context)
            return True
    """,
    "SavesWhatIsNoLongerAsItWasSeen": """
        async def save_if_unchanged(self, thread_id, seen, items, context):
            unchanged = await self.load_item(thread_id, seen.id, context) == seen
            await asyncio.sleep(0)
            if unchanged:
                for item in items:
                    await self.save_item(thread_id, item, context)
            return unchanged
    """,
    "SavesWithoutLooking": """
        async def save_if_unchanged(self, thread_id, seen, items, context):
            for item in items:
                await self.save_item(thread_id, item, context)
            return True
    """,
    "SavesTheWholeThreadWhenSomethingChanges": """
        async def update_thread(self, thread_id, changes, context):
            thread = changes.applied_to(await self.load_thread(thread_id, context))
            await asyncio.sleep(0)
            await self.save_thread(thread, context)
            return thread
    """,
    "GoesBackItemByItem": """
        async def delete_items_after(self, thread_id, item_id, context, *, replaced=None):
            for later in await self.ids_after(thread_id, item_id, context):
                await self.delete_thread_item(thread_id, later, context)
                await asyncio.sleep(0)
            if replaced is not None:
                for attachment in replaced.attachments:
                    await self.save_attachment(attachment, context)
                await self.save_item(thread_id, replaced, context)
    """,
    "EndsPagesAtASizeAndForgetsTheRest": """
        async def load_thread_items_within(self, thread_id, after, limit, order, max_bytes, context):
            page = await super().load_thread_items_within(thread_id, after, limit, order, max_bytes, context)
            page.has_more = page.has_more and len(page.data) == limit
            return page
    """,
    "NeverEndsPagesAtASize": """
        async def load_thread_items_within(self, thread_id, after, limit, order, max_bytes, context):
            return await super().load_thread_items(thread_id, after, limit, order, context)
    """,
    "KnowsOneThreadOfAnAttachment": """
        async def list_thread_attachment_ids(self, thread_id, context):
            return sorted(
                name
                for name, attachment in self._attachments.items()
                if f'"thread_id":"{thread_id}"' in attachment.document
            )
    """,
    "RefusesHalvesOfCharacters": """
        async def add_thread_item(self, thread_id, item, context):
            item.model_dump_json()
            await super().add_thread_item(thread_id, item, context)
    """,
    "SkipsEveryTenthItemWhenReading": """
        async def load_thread_items(self, thread_id, after, limit, order, context):
            page = await super().load_thread_items(thread_id, after, limit, order, context)
            self.reads = getattr(self, "reads", 0) + 1
            if self.reads % 10 == 0:
                del page.data[:1]
            return page
    """,
}

HEAD = """
import asyncio

import pytest
from chatkit.store import NotFoundError
from chatkit.stores import MemoryStore
from chatkit.testing import StoreContract

"""

CLASS = """
class {name}(MemoryStore):
{body}

class Test{name}(StoreContract):
    @pytest.fixture
    def store(self):
        return {name}()

"""


def run_suite(folder: Path, source: str, *options: str) -> str:
    """What pytest says of a test module."""
    (folder / "test_stores.py").write_text(source)
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n")
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rf", "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> str:
    classes = (CLASS.format(name=name, body=body) for name, body in WRONG_STORES.items())
    return run_suite(tmp_path_factory.mktemp("wrong"), HEAD + "".join(classes))


@pytest.mark.xdist_group("wrong stores")  # one worker runs the suites of them all
@pytest.mark.parametrize("name", WRONG_STORES)
def test_wrong_store_is_noticed(verdict: str, name: str) -> None:
    assert f"FAILED test_stores.py::Test{name}::" in verdict, verdict


def test_right_store_passes(tmp_path: Path) -> None:
    verdict = run_suite(tmp_path, HEAD + CLASS.format(name="Right", body="    pass"))
    assert " passed" in verdict, verdict
    assert "failed" not in verdict, verdict


def test_suite_runs_without_hypothesis(tmp_path: Path) -> None:
    absent = "import sys\nsys.modules['hypothesis'] = None\n"
    source = absent + HEAD + CLASS.format(name="Right", body="    pass")
    verdict = run_suite(tmp_path, source, "-p", "no:hypothesispytest", "-k", "in_any_history")
    assert "10 passed" in verdict, verdict


def test_attachment_contract(tmp_path: Path) -> None:
    source = """
import pytest
from pydantic import AnyUrl
from chatkit.store import AttachmentStore
from chatkit.testing import AttachmentStoreContract
from chatkit.types import AttachmentUploadDescriptor, FileAttachment


class Right(AttachmentStore):
    async def create_attachment(self, input, context):
        upload = AttachmentUploadDescriptor(url=AnyUrl("https://files.example/"), method="PUT")
        new = self.generate_attachment_id(input.mime_type, context)
        return FileAttachment(id=new, name=input.name, mime_type=input.mime_type, upload_descriptor=upload)

    async def delete_attachment(self, attachment_id, context):
        pass


class NamesIdsByFile(Right):
    async def create_attachment(self, input, context):
        attachment = await super().create_attachment(input, context)
        return attachment.model_copy(update={"id": input.name})


class TestRight(AttachmentStoreContract):
    @pytest.fixture
    def attachment_store(self):
        return Right()


class TestNamesIdsByFile(AttachmentStoreContract):
    @pytest.fixture
    def attachment_store(self):
        return NamesIdsByFile()
"""
    verdict = run_suite(tmp_path, source)
    assert "::TestRight::" not in verdict, verdict
    assert "FAILED test_stores.py::TestNamesIdsByFile::" in verdict, verdict
