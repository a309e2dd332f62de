/** What the page can hear of a request, on `chatkit.log`: sent (again), answered, begun, its events, ended. Never what it carries. */
import { isAbort } from './errors';

type Log = (name: string, data: Record<string, unknown>) => void;

export interface RequestLog {
  /** More than once when the server wanted another secret. */
  sent(): void;
  answered(status: number): void;
  /** Changes of items are only counted: there is one for each word. */
  event(type: string): void;
  done(): void;
  failed(error: unknown): void;
  /** Neither done nor failed: somebody stopped it. */
  ended(): void;
}

let requests = 0;

export function requestLog(log: Log, type: string): RequestLog {
  const request = ++requests;
  const began = performance.now();
  const events: Record<string, number> = {};
  let attempt = 0;
  let outcome = 'stopped';
  let error: string | undefined;
  const say = (name: string, data: object): void => log(name, { request, type, ms: Math.round(performance.now() - began), ...data });
  return {
    sent: () => say('request.sent', { attempt: ++attempt }),
    answered: (status) => say('request.answered', { status }),
    event(event) {
      if (Object.keys(events).length === 0) say('stream.begun', {});
      events[event] = (events[event] ?? 0) + 1;
      if (event !== 'thread.item.updated') say('stream.event', { event });
    },
    done() {
      outcome = 'done';
    },
    failed(thrown) {
      if (isAbort(thrown)) return;
      outcome = 'failed';
      error = String(thrown);
    },
    ended: () => say('request.ended', { outcome, events, error }),
  };
}
