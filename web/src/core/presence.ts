/** Whether somebody looks at the page, and when it comes back to itself. The page tells; one for all of its chats. */

/** `woken`: the connection is back, or the page had stood still. */
export type Moment = 'shown' | 'hidden' | 'woken';

class Presence {
  hidden = false;
  readonly #listeners = new Set<(moment: Moment) => void>();

  tell(moment: Moment): void {
    if (moment !== 'woken') {
      if (this.hidden === (moment === 'hidden')) return;
      this.hidden = moment === 'hidden';
    }
    for (const listener of [...this.#listeners]) listener(moment);
  }

  /** Returns the way to stop. */
  listen(listener: (moment: Moment) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

export const presence = new Presence();

/** How long a page is hidden before it lets go of what only eyes need, in milliseconds. */
export const patience = 60_000;

/** Calls `leave` when the page has been hidden for long, and `back` when it is shown after that. Returns the way to stop. */
export function whileAway(leave: () => void, back: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let away = false;
  const hide = (): void => {
    timer = setTimeout(() => {
      away = true;
      leave();
    }, patience);
  };
  const stop = presence.listen((moment) => {
    if (moment === 'hidden') hide();
    if (moment !== 'shown') return;
    clearTimeout(timer);
    if (away) back();
    away = false;
  });
  if (presence.hidden) hide();
  return () => {
    clearTimeout(timer);
    stop();
  };
}
