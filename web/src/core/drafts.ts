/** What was typed but not sent, per endpoint and thread, kept across reloads in this tab's origin. */
import type { UserMessageContent } from './protocol.generated';

const prefix = 'chatkit:draft:';
/** Begins a draft that is not only text. */
const rich = '\u0000';
const limit = 50;

type Content = readonly UserMessageContent[];

export class Drafts {
  constructor(private readonly endpoint: () => string) {}

  #key(threadId: string | null): string {
    return `${prefix}${this.endpoint()}:${threadId ?? 'new'}`;
  }

  read(threadId: string | null): Content {
    try {
      return decode(localStorage.getItem(this.#key(threadId)) ?? '');
    } catch {
      return [];
    }
  }

  keep(threadId: string | null, content: Content): void {
    try {
      if (content.length === 0) localStorage.removeItem(this.#key(threadId));
      else {
        prune(this.#key(threadId));
        localStorage.setItem(this.#key(threadId), encode(content));
      }
    } catch {
      // No storage (private mode, quota, sandbox): drafts last as long as the page.
    }
  }
}

/** Text alone is kept as it is. */
function encode(content: Content): string {
  const [only] = content;
  return content.length === 1 && only?.type === 'input_text' ? only.text : rich + JSON.stringify(content);
}

function decode(kept: string): Content {
  if (kept.startsWith(rich)) return JSON.parse(kept.slice(1)) as Content;
  return kept === '' ? [] : [{ type: 'input_text', text: kept }];
}

/** Keeps the number of drafts small; which go does not matter much. */
function prune(keep: string): void {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix) && key !== keep);
  for (const key of keys.slice(limit - 1)) localStorage.removeItem(key);
}
