"""Rules for owners: to one, what is another's does not exist."""

# ruff: noqa: S101  (it is a suite of tests)

import random
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from chatkit.store import NotFoundError
from chatkit.testing.store_contract.base import AnyStore, Contexts, item, new_id
from chatkit.testing.store_contract.histories import OPERATIONS, Step, check_history
from chatkit.types import AssistantMessageItem, FileAttachment, ThreadMetadata

try:
    import hypothesis
    from hypothesis import strategies
except ImportError:
    hypothesis = strategies = None

__all__ = ["OwnerRules"]

_FIXED_HISTORIES, _STEPS = 10, 60


def _with_histories(test: Callable[..., Coroutine[Any, Any, None]]) -> Any:
    """Gives the test histories: generated and shrunk by hypothesis if it is there, else random ones of fixed seeds."""
    if hypothesis is None or strategies is None:
        return pytest.mark.parametrize("steps", [_random_steps(seed) for seed in range(_FIXED_HISTORIES)])(test)
    step = strategies.builds(
        Step,
        operation=strategies.sampled_from(OPERATIONS),
        owner=strategies.integers(0, 1),
        thread=strategies.integers(0, 2),
        item=strategies.integers(0, 2),
    )
    given = hypothesis.given(steps=strategies.lists(step, max_size=_STEPS))
    # The store of one test serves all its examples: each uses ids of its own and leaves nothing behind.
    check = hypothesis.HealthCheck
    bounded = hypothesis.settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[check.function_scoped_fixture, check.too_slow, check.differing_executors],
    )
    return bounded(given(test))


def _random_steps(seed: int) -> list[Step]:
    chosen = random.Random(seed)  # noqa: S311  a test's choices
    return [
        Step(chosen.choice(OPERATIONS), chosen.randrange(2), chosen.randrange(3), chosen.randrange(3))
        for _ in range(_STEPS)
    ]


class OwnerRules:
    """What holds between owners."""

    async def test_what_is_anothers_is_not_found_and_stays_as_it_is(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        owner, stranger = contexts
        kept, attachment = item(thread.id, "kept"), FileAttachment(id=new_id("atc"), name="a", mime_type="b")
        await store.add_thread_item(thread.id, kept, owner)
        await store.save_attachment(attachment, owner)
        forged = item(thread.id, "forged", item_id=kept.id)
        for attempt in (
            store.load_thread(thread.id, stranger),
            store.save_thread(thread.model_copy(update={"title": "forged"}), stranger),
            store.delete_thread(thread.id, stranger),
            store.load_threads(10, thread.id, "asc", stranger),
            store.load_thread_items(thread.id, None, 10, "asc", stranger),
            store.load_thread_items(thread.id, kept.id, 10, "desc", stranger),
            store.load_item(thread.id, kept.id, stranger),
            store.add_thread_item(thread.id, forged, stranger),
            store.add_thread_item(thread.id, item(thread.id), stranger),
            store.save_item(thread.id, forged, stranger),
            store.delete_thread_item(thread.id, kept.id, stranger),
            store.list_thread_attachment_ids(thread.id, stranger),
            store.load_attachment(attachment.id, stranger),
            store.save_attachment(attachment.model_copy(update={"name": "forged"}), stranger),
            store.delete_attachment(attachment.id, stranger),
        ):
            with pytest.raises(NotFoundError):
                await attempt
        assert (await store.load_threads(10, None, "asc", stranger)).data == []
        assert await store.load_thread(thread.id, owner) == thread
        assert (await store.load_thread_items(thread.id, None, 10, "asc", owner)).data == [kept]
        assert await store.load_attachment(attachment.id, owner) == attachment

    async def test_cursor_of_another_owner_leads_nowhere_in_ones_own_thread(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        theirs = thread.model_copy(update={"id": new_id("thr")})
        await store.save_thread(theirs, contexts[1])
        foreign = item(theirs.id)
        await store.add_thread_item(theirs.id, foreign, contexts[1])
        await store.add_thread_item(thread.id, item(thread.id), contexts[0])
        with pytest.raises(NotFoundError):
            await store.load_thread_items(thread.id, foreign.id, 10, "asc", contexts[0])
        with pytest.raises(NotFoundError):
            await store.load_item(thread.id, foreign.id, contexts[0])

    async def test_error_tells_no_more_than_that_of_an_id_that_never_was(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        messages: list[str] = []
        for thread_id in (thread.id, new_id("thr")):
            with pytest.raises(NotFoundError) as raised:
                await store.load_thread(thread_id, contexts[1])
            messages.append(str(raised.value).replace(thread_id, "ID"))
        assert messages[0] == messages[1]

    async def test_attachment_that_claims_anothers_thread_is_left_when_that_goes(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        claim = FileAttachment(id=new_id("atc"), name="a", mime_type="b", thread_id=thread.id)
        await store.save_attachment(claim, contexts[1])
        assert await store.list_thread_attachment_ids(thread.id, contexts[0]) == []
        await store.delete_thread(thread.id, contexts[0])
        assert await store.load_attachment(claim.id, contexts[1]) == claim

    async def test_one_item_id_serves_both_owners(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        theirs = thread.model_copy(update={"id": new_id("thr")})
        await store.save_thread(theirs, contexts[1])
        item_id = new_id("msg")
        for thread_id, context in ((thread.id, contexts[0]), (theirs.id, contexts[1])):
            await store.add_thread_item(thread_id, item(thread_id, thread_id, item_id=item_id), context)
        loaded = await store.load_item(thread.id, item_id, contexts[0])
        assert isinstance(loaded, AssistantMessageItem)
        assert loaded.content[0].text == thread.id

    @_with_histories
    async def test_owners_never_see_each_other_in_any_history(
        self, store: AnyStore, contexts: Contexts, steps: list[Step]
    ) -> None:
        await check_history(store, contexts, steps)
