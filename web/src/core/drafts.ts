/** What was typed but not sent, per endpoint and thread, kept across reloads in this tab's origin. */
const prefix = 'chatkit:draft:';
const limit = 50;

export class Drafts {
  constructor(private readonly endpoint: () => string) {}

  #key(threadId: string | null): string {
    return `${prefix}${this.endpoint()}:${threadId ?? 'new'}`;
  }

  read(threadId: string | null): string {
    try {
      return localStorage.getItem(this.#key(threadId)) ?? '';
    } catch {
      return '';
    }
  }

  keep(threadId: string | null, text: string): void {
    try {
      if (text === '') localStorage.removeItem(this.#key(threadId));
      else {
        prune(this.#key(threadId));
        localStorage.setItem(this.#key(threadId), text);
      }
    } catch {
      // No storage (private mode, quota, sandbox): drafts last as long as the page.
    }
  }
}

/** Keeps the number of drafts small; which go does not matter much. */
function prune(keep: string): void {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix) && key !== keep);
  for (const key of keys.slice(limit - 1)) localStorage.removeItem(key);
}
