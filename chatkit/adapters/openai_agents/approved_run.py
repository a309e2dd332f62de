"""The runs of one turn, as far as approvals are concerned: what goes on, what it answered, what it asks now."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from agents import Agent, RunResultStreaming

from chatkit._uncancelled import uncancelled
from chatkit.adapters.openai_agents.approving import (
    approval_for,
    interruptions,
    outputs_of,
    restored,
    saved,
)
from chatkit.adapters.openai_agents.context import AgentContext
from chatkit.adapters.openai_agents.workflow import finished
from chatkit.approvals import Approvals, Paused, paused_of
from chatkit.types import (
    ClientToolCallItem,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadStreamEvent,
    ToolCallItem,
    UserMessageItem,
)

__all__ = ["ApprovedRun"]


class ApprovedRun:
    """What `AgentChatKitServer` keeps of a turn: `paused` is what goes on with it, if anything does."""

    def __init__(self, approvals: Approvals[Any], context: AgentContext[Any], paused: Paused | None) -> None:
        self.paused = paused
        self.message: UserMessageItem | None = None
        """The newest message of the user's: it says which model was picked."""
        self._approvals = approvals
        self._context = context
        self._result: RunResultStreaming | None = None
        self._held_back: list[ThreadStreamEvent] = []
        self._asking: tuple[Any, list[Any]] | None = None
        self._open_calls: dict[str, ToolCallItem] = {}
        self._allowed: set[str | None] = set()
        """Calls that a rule has allowed: what waits again in spite of that is asked."""
        self._is_over = paused is None

    @property
    def open_calls(self) -> list[ToolCallItem]:
        """Tool calls that are shown and have no output yet, for the next run to answer."""
        return list(self._open_calls.values())

    def look_through(self, items: Sequence[ThreadItem], answered: UserMessageItem | None) -> list[ThreadStreamEvent]:
        """Finds what the turn needs of the thread. A new message gives up calls that waited: they have failed."""
        self.message = next((item for item in reversed(items) if isinstance(item, UserMessageItem)), None)
        records = [self.paused] if self.paused else [paused for item in items if (paused := paused_of(item))]
        asked = {approval.call_id for paused in records for approval in paused.approvals}
        waiting = [item for item in items if isinstance(item, ToolCallItem) and item.status == "in_progress"]
        waiting = [call for call in waiting if call.call_id in asked]
        if self.paused is not None:
            self._open_calls = {call.call_id: call for call in waiting}
        elif answered is not None:
            return [ThreadItemReplacedEvent(item=call.model_copy(update={"status": "failed"})) for call in waiting]
        return []

    async def state(self, agent: Agent[Any]) -> Any:
        """What the run goes on from."""
        assert self.paused is not None  # noqa: S101 - only then is it asked for
        return await restored(agent, self.paused, self._context)

    def began(self, result: RunResultStreaming) -> None:
        """A run has begun."""
        self._result = result

    def holds_back(self, event: ThreadStreamEvent) -> bool:
        """Whether an event has to wait until the questions are asked: a call for the page must stand last."""
        match event:
            case ThreadItemDoneEvent(item=ToolCallItem(status="in_progress") as call):
                self._open_calls[call.call_id] = call
            case ThreadItemReplacedEvent(item=ToolCallItem() as call):
                self._open_calls.pop(call.call_id, None)
            case ThreadItemDoneEvent(item=ClientToolCallItem()) if self._result and interruptions(self._result):
                self._held_back.append(event)
                return True
            case _:
                pass
        return False

    async def over(self, *, completed: bool = False) -> list[ThreadStreamEvent]:
        """The paused turn has been gone on with, or will not be: says so, once. What is to be shown of it."""
        if self._is_over or self.paused is None:
            return []
        self._is_over = True
        context, outputs = self._context, outputs_of(self._result)
        if completed:  # not every kind of call has an output of its own
            outputs = {approval.id: None for approval in self.paused.approvals} | outputs
        return await uncancelled(self._approvals.finish(context.thread, self.paused, context.request_context, outputs))

    def state_by_rule(self) -> Any:
        """What to go on from at once, when rules allow every call that the run waits for; else None, and `ask` asks."""
        result = self._result
        waiting = interruptions(result) if result is not None else []
        if result is None or not waiting:
            return None
        state: Any = result.to_state()
        asked: list[Any] = []
        for one in waiting:
            approval = approval_for(one)
            if self._approvals.allows(self._context.thread, approval) and approval.call_id not in self._allowed:
                self._allowed.add(approval.call_id)
                state.approve(one)
            else:
                asked.append(one)
        if asked:
            self._asking = state, asked
            return None
        self._context.workflow_item = None  # it is stored, and the next run takes it up again
        return state

    async def ask(self) -> AsyncGenerator[ThreadStreamEvent, None]:
        """Asks what the last run waits for, then says what was held back."""
        if self._asking is not None:
            state, asked = self._asking
            context = self._context
            workflow, context.workflow_item = context.workflow_item, None
            if workflow is not None:
                yield ThreadItemDoneEvent(item=finished(workflow))
            wanted = [approval_for(one) for one in asked]
            questions = self._approvals.ask(context.thread, wanted, context.request_context, state=saved(state))
            async with aclosing(questions) as events:
                async for event in events:
                    yield event
        for event in self._held_back:
            yield event
