"""Asking before a tool runs: the questions, the decisions, each once, and the rules that spare the question."""

import inspect
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from chatkit._surrogates import well_formed_text
from chatkit._uncancelled import uncancelled
from chatkit.actions import Action
from chatkit.approvals.approval import ACTION, CARD_ID, Approval, Decision, Paused, paused_of
from chatkit.approvals.card import approval_card, as_text
from chatkit.approvals.texts import ApprovalTexts
from chatkit.errors import CustomStreamError
from chatkit.logger import logger
from chatkit.store import NotFoundError, Store
from chatkit.types import (
    NoticeEvent,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
    WidgetItem,
    WidgetRootUpdated,
)
from chatkit.widgets import WidgetRoot
from chatkit.widgets.checks import as_root

__all__ = ["Approvals", "Decided"]

TContext = TypeVar("TContext")

_WAITING: Final = "chatkit.waiting:"
_ALLOWED: Final = "chatkit.allowed:"
"""What names in a thread's metadata begin with: the records that are not over, and the rules. An entry for each, so
that turns at the same time do not take each other's away."""

_PAGE: Final = 50
_LOOK_BACK: Final = 1000
"""Items behind a record within which it is found."""
_TRIES: Final = 100
"""How often somebody else may be quicker."""
_NEVER_SAME: Final = (
    "The store never gives an item twice as it is: approvals need that of load_thread_items and load_item."
)
_MOST_OUTPUT: Final = 100_000
_FINAL: Final = ("done", "rejected", "interrupted")


@dataclass(frozen=True)
class Decided:
    """What a decision came to: what is to be shown, and the turn that goes on with it, for one caller only."""

    events: list[ThreadStreamEvent] = field(default_factory=list[ThreadStreamEvent])
    paused: Paused | None = None


class Approvals(Generic[TContext]):
    """Asks the users of a store's threads before something is done, and remembers what they said.

        async for event in self.approvals.ask(thread, [Approval(tool="send", arguments={"to": "Ann"})], context):
            yield event

    The decision arrives in `action()`: `is_decision` tells it from the application's own, `decide` gives the turn to go
    on with, once for however many requests and processes; `finish` says what came of it. At the beginning of
    `respond()`, `lapse` answers no to what still waits. `ask_reason` adds a field for the reason to the card,
    `offer_always` the button for "always in this chat". `render` draws the card and may be replaced.
    """

    def __init__(
        self,
        store: Store[TContext],
        *,
        texts: ApprovalTexts | None = None,
        ask_reason: bool = False,
        offer_always: bool = True,
    ) -> None:
        self.store = store
        self.texts = texts or ApprovalTexts()
        self.ask_reason = ask_reason
        self.offer_always = offer_always
        self.render: Callable[[Approval], Any] = self.card
        self._going_on: set[str] = set()
        """Records of turns that go on in this process."""

    def card(self, approval: Approval) -> WidgetRoot:
        """The card for an approval as it stands."""
        return approval_card(approval, self.texts, ask_reason=self.ask_reason, offer_always=self.offer_always)

    # Asking

    async def ask(
        self, thread: ThreadMetadata, approvals: Sequence[Approval], context: TContext, *, state: Any = None
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        """Shows a card for each approval, to be yielded by the hook whose `thread` it is. Then the turn should end.

        `state` is JSON that is needed to go on; it is kept with the thread and never leaves the server, so it should
        hold no secrets all the same.
        """
        if not approvals:
            return
        record_id = self.store.generate_item_id("sdk_hidden_context", thread, context)
        asked = [
            approval.model_copy(
                update={
                    "id": f"{record_id}.{number}",
                    "item_id": self.store.generate_item_id("message", thread, context),
                    "status": "pending",
                }
            )
            for number, approval in enumerate(approvals)
        ]
        thread.metadata[_WAITING + record_id] = True
        record = Paused(id=record_id, approvals=asked, state=state).item(thread.id)
        yield ThreadItemDoneEvent(item=record)
        for approval in asked:
            yield ThreadItemDoneEvent(item=await self._card_item(record, approval))

    async def pending(self, thread: ThreadMetadata, context: TContext) -> list[Approval]:
        """What waits for the user's decision."""
        turns = [found.paused for found in await self._waiting(thread, context) if found.paused.status == "waiting"]
        return [approval for paused in turns for approval in paused.approvals if approval.status == "pending"]

    # Deciding

    def is_decision(self, action: Action[str, Any]) -> bool:
        """Whether an action comes from an approval's card."""
        return action.type == ACTION

    async def decide(self, thread: ThreadMetadata, action: Action[str, Any], context: TContext) -> Decided:
        """Carries out what a card's button asks for. Yield the events; then go on with `paused`, if there is one.

        It is there for the last decision of a turn, exactly once: from then on its approvals that have no answer count
        as interrupted, until `finish` says otherwise, so that a crash is not forgotten. Decisions that come late show
        a notice; unknown ones raise `CustomStreamError`.
        """
        if (decision := Decision.of(action.payload)) is None:
            raise CustomStreamError(self.texts.unknown, allow_retry=False)
        for _ in range(_TRIES):
            found = await self._find(thread.id, decision.record_id, context)
            approval = found.paused.find(decision.id) if found else None
            if found is None or approval is None:
                raise CustomStreamError(self.texts.unknown, allow_retry=False)
            if (outcome := await self._decided(thread, found, approval, decision, context)) is not None:
                return outcome
        raise RuntimeError(_NEVER_SAME)

    async def _decided(
        self, thread: ThreadMetadata, found: "_Found", approval: Approval, decision: Decision, context: TContext
    ) -> Decided | None:
        """What one attempt came to; None when somebody else was quicker, and it is worth another."""
        paused = found.paused
        if decision.decision == "show":
            changed = paused.changed(approval.model_copy(update={"expanded": True}))
        elif paused.status != "waiting" or approval.status != "pending":
            current = _as_running(approval) if paused.id in self._going_on else approval
            notice = NoticeEvent(level="info", message=self.texts.decided)
            return Decided([notice, await self._shown(found.item, current)])
        elif found.late:
            changed = _rejected_by_message(paused)
        else:
            changed = self._with(paused, approval, decision)
        if not await self._save(found, changed, context):
            return None
        claimed = paused.status == "waiting" and changed.status == "going_on"
        if claimed:
            self._going_on.add(paused.id)
        if decision.decision == "always" and self.offer_always and not found.late:
            self.allow(thread, approval.rule)
        if changed.status == "over":
            thread.metadata.pop(_WAITING + changed.id, None)
        shown = [_as_running(one) if claimed else one for one in _difference(paused, changed)]
        return Decided(await self._events(found.item, shown), changed if claimed else None)

    def _with(self, paused: Paused, approval: Approval, decision: Decision) -> Paused:
        """The turn with one more decision; with the last one it goes on."""
        status = "rejected" if decision.decision == "reject" else "approved"
        answer = {"status": status, "by": "user", "reason": decision.given_reason, "expanded": False}
        changed = [approval.model_copy(update=answer)]
        if decision.decision == "always" and self.offer_always:
            same = (one for one in paused.approvals if one.rule == approval.rule and one.status == "pending")
            by_rule = {"status": "approved", "by": "rule"}
            changed += [one.model_copy(update=by_rule) for one in same if one.id != approval.id]
        paused = paused.changed(*changed)
        if any(one.status == "pending" for one in paused.approvals):
            return paused
        approved = [one for one in paused.approvals if one.status == "approved"]
        unanswered = [one.model_copy(update={"status": "interrupted"}) for one in approved]
        return paused.changed(*unanswered, status="going_on")

    async def finish(
        self, thread: ThreadMetadata, paused: Paused, context: TContext, outputs: Mapping[str, str | None]
    ) -> list[ThreadStreamEvent]:
        """Says what came of a turn that went on: the output of each call, by the approval's `call_id` or `id`.

        Approvals without an entry stay interrupted. What is to be shown is stored already.
        """
        self._going_on.discard(paused.id)
        thread.metadata.pop(_WAITING + paused.id, None)
        for _ in range(_TRIES):
            if (found := await self._find(thread.id, paused.id, context)) is None:
                return []
            done = [_answered(one, outputs) for one in found.paused.approvals]
            if await self._save(found, found.paused.changed(*done, status="over"), context):
                return await self._events(found.item, [one for one in done if one.status != "rejected"])
        raise RuntimeError(_NEVER_SAME)

    async def lapse(self, thread: ThreadMetadata, context: TContext) -> list[ThreadStreamEvent]:
        """A new message answers no to what waits, and what was interrupted is left at that. What is to be shown.

        What goes on at this moment, in this process, is left alone.
        """
        events: list[ThreadStreamEvent] = []
        for name in _names(thread, _WAITING):
            if name not in self._going_on:
                events += await self._lapse(thread.id, name, context)
                thread.metadata.pop(_WAITING + name, None)
        return events

    async def _lapse(self, thread_id: str, record_id: str, context: TContext) -> list[ThreadStreamEvent]:
        for _ in range(_TRIES):
            found = await self._find(thread_id, record_id, context)
            if found is None or found.paused.status == "over":
                return []
            waits = found.paused.status == "waiting"
            changed = _rejected_by_message(found.paused) if waits else found.paused.changed(status="over")
            if await self._save(found, changed, context):
                return await self._events(found.item, changed.approvals)
        logger.error(_NEVER_SAME)  # the new message is answered all the same
        return []

    # Rules

    def rules(self, thread: ThreadMetadata) -> list[str]:
        """What is always allowed in this thread."""
        return _names(thread, _ALLOWED)

    def allows(self, thread: ThreadMetadata, approval: Approval) -> bool:
        """Whether a rule of the thread spares the question."""
        return thread.metadata.get(_ALLOWED + approval.rule) is True

    def allow(self, thread: ThreadMetadata, rule: str) -> None:
        """Adds a rule to a hook's thread, which is saved with the hook's next event."""
        thread.metadata[_ALLOWED + rule] = True

    def forget(self, thread: ThreadMetadata, rule: str) -> None:
        """Takes a rule away."""
        thread.metadata.pop(_ALLOWED + rule, None)

    # How it is kept and shown

    async def _find(self, thread_id: str, record_id: str, context: TContext) -> "_Found | None":
        """A record of the thread, looked for from its end: by pages, which every store has."""
        after, late, seen = None, False, 0
        while seen < _LOOK_BACK:
            page = await self.store.load_thread_items(thread_id, after, _PAGE, "desc", context)
            for item in page.data:
                if item.id == record_id:
                    paused = paused_of(item)
                    return _Found(item, paused, late) if paused else None
                late = late or isinstance(item, UserMessageItem)
            seen += len(page.data)
            after = page.after or (page.data[-1].id if page.data else None)
            if not page.has_more or not page.data:
                return None
        return None

    async def _waiting(self, thread: ThreadMetadata, context: TContext) -> "list[_Found]":
        found = [await self._find(thread.id, name, context) for name in _names(thread, _WAITING)]
        return [one for one in found if one is not None]

    async def _save(self, found: "_Found", changed: Paused, context: TContext) -> bool:
        """Stores the record and the cards that change with it, in one step, unless somebody else was quicker."""
        seen = found.item
        cards = [await self._card_item(seen, one) for one in _difference(found.paused, changed)]
        items = [changed.item(seen.thread_id, seen.created_at), *cards]
        try:
            return await uncancelled(self.store.save_if_unchanged(seen.thread_id, seen, items, context))
        except NotFoundError:  # deleted meanwhile, by a retry, say: the next look finds that out
            return False

    async def _events(self, record: ThreadItem, approvals: Iterable[Approval]) -> list[ThreadStreamEvent]:
        """Shows the cards as they are. What is not final is not stored with it: the store knows better."""
        return [
            ThreadItemReplacedEvent(item=await self._card_item(record, one))
            if one.status in _FINAL
            else await self._shown(record, one)
            for one in approvals
        ]

    async def _shown(self, record: ThreadItem, approval: Approval) -> ThreadItemUpdatedEvent:
        item = await self._card_item(record, approval)
        return ThreadItemUpdatedEvent(item_id=item.id, update=WidgetRootUpdated(widget=item.widget))

    async def _card_item(self, record: ThreadItem, approval: Approval) -> WidgetItem:
        try:
            drawn = self.render(approval)
            root = as_root(await drawn if inspect.isawaitable(drawn) else drawn, "approval", stacklevel=2)
        except Exception:  # noqa: BLE001 - a question that cannot be drawn as wanted is asked all the same
            logger.exception("The card of an approval could not be drawn; the package's own stands in")
            root = self.card(approval)
        return WidgetItem(
            id=approval.item_id,
            thread_id=record.thread_id,
            created_at=record.created_at,
            widget=root.model_copy(update={"id": CARD_ID + approval.id}),
            copy_text=as_text(approval),
        )


@dataclass(frozen=True)
class _Found:
    """A record as it is stored; `late` when the user has written a message since."""

    item: ThreadItem
    paused: Paused
    late: bool


def _names(thread: ThreadMetadata, prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name in thread.metadata if name.startswith(prefix)]


def _rejected_by_message(paused: Paused) -> Paused:
    answer = {"status": "rejected", "by": "message"}
    rejected = [one.model_copy(update=answer) for one in paused.approvals if one.status in ("pending", "approved")]
    return paused.changed(*rejected, status="over")


def _difference(before: Paused, after: Paused) -> list[Approval]:
    return [one for one in after.approvals if one != before.find(one.id)]


def _as_running(approval: Approval) -> Approval:
    """What is stored as interrupted, in case it will be, is shown as running for now."""
    interrupted = approval.status == "interrupted"
    return approval.model_copy(update={"status": "running"}) if interrupted else approval


def _answered(approval: Approval, outputs: Mapping[str, str | None]) -> Approval:
    found = [outputs[key] for key in (approval.call_id, approval.id) if key is not None and key in outputs]
    if approval.status != "interrupted" or not found:
        return approval
    output = well_formed_text(found[0] or "")[:_MOST_OUTPUT]
    return approval.model_copy(update={"status": "done", "output": output})
