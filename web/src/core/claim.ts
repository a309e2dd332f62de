/**
 * Holds a client tool call while it runs, so that no other tab or device runs it. A tab that dies holds it no longer than the
 * server says. Loaded when the server has runs.
 */
import { Backoff, isRefusal } from './backoff';
import type { ClaimItemResponse, ClientToolCallItem } from './protocol.generated';
import { newRequestId } from './request-id';
import type { Transcript } from './transcript';

/** How often a held call is claimed again, and one that another tab holds is asked for. In milliseconds. */
const again = 3_000;
const ask = 2_000;

export function claimed(held: Transcript, threadId: string, call: ClientToolCallItem, signal: AbortSignal): (task: (waited: boolean) => Promise<void>) => Promise<void> {
  const params = { thread_id: threadId, item_id: call.id, claimant: newRequestId() };
  const claim = (): Promise<ClaimItemResponse> => held.host.api().call('items.claim', params, signal);
  return async (task) => {
    if (!(await take(held, call, claim, signal))) return;
    const timer = setInterval(() => {
      claim().then((answer) => {
        if (!answer.claimed) clearInterval(timer);
      }, () => undefined);
    }, again);
    try {
      await task(false);
    } finally {
      clearInterval(timer);
    }
  };
}

/** Whether the call could be had; false when another tab has run it. Rejects when the server refuses, or with the signal. */
async function take(held: Transcript, call: ClientToolCallItem, claim: () => Promise<ClaimItemResponse>, signal: AbortSignal): Promise<boolean> {
  const backoff = new Backoff();
  try {
    for (;;) {
      try {
        const { claimed, pending } = await claim();
        if (claimed) return true;
        if (pending === false) return false;
        if (held.trouble === null) held.troubled({ kind: 'elsewhere', name: call.name });
        backoff.reset();
        await nudged(held, signal);
      } catch (error) {
        if (signal.aborted || isRefusal(error)) throw error;
        await backoff.wait(signal);
      }
    }
  } finally {
    if (held.trouble !== null) held.troubled(null);
  }
}

/** Until it is time to ask again, or something has happened. */
async function nudged(held: Transcript, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ask);
    held.nudge = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', held.nudge, { once: true });
  });
  held.nudge = null;
  signal.throwIfAborted();
}
