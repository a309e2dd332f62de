/** Tells screen readers what happens: whole sentences as they are complete, never single tokens. */
export class Announcer {
  #region: HTMLElement | null = null;
  #pending = '';
  /** The text that is being heard, and how much of each text has been. */
  #part = '';
  readonly #heard = new Map<string, number>();

  attach(region: HTMLElement | null): void {
    this.#region = region;
  }

  /** Says a status at once. */
  say(text: string): void {
    this.#speak(text);
  }

  /** Takes a text as it stands, under a name of its own: what is new in it is said, sentence by sentence. */
  hear(part: string, text: string): void {
    const heard = this.#heard.get(part) ?? 0;
    if (text.length > heard) this.append(part, text.slice(heard));
  }

  /** Takes what comes next in a text. */
  append(part: string, delta: string): void {
    if (part !== this.#part) this.#speak(this.#rest());
    this.#part = part;
    this.#heard.set(part, (this.#heard.get(part) ?? 0) + delta.length);
    this.#pending += delta;
    const end = lastSentenceEnd(this.#pending);
    if (end === 0) return;
    this.#speak(this.#pending.slice(0, end));
    this.#pending = this.#pending.slice(end);
  }

  /** A text that somebody comes back to in the middle: what is there of it is not said again. */
  skip(part: string, text: string): void {
    this.#heard.set(part, text.length);
  }

  /** Says what is left, and that it is all. */
  finish(text: string): void {
    this.#speak(`${this.#rest()} ${text}`);
    this.#heard.clear();
  }

  /** Forgets what was not said yet. */
  reset(): void {
    this.#rest();
    this.#heard.clear();
  }

  #rest(): string {
    const rest = this.#pending;
    this.#pending = '';
    return rest;
  }

  #speak(text: string): void {
    const region = this.#region;
    const plain = spoken(text);
    if (region === null || plain === '') return;
    const line = document.createElement('p');
    line.textContent = plain;
    region.append(line);
    while (region.childElementCount > 20) region.firstElementChild?.remove();
  }
}

/** Markdown as it is read out: without its marks and addresses. */
export function spoken(markdown: string): string {
  return markdown.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[*_`#>|~]+/g, ' ').replace(/\s+/g, ' ').trim();
}

/** Index after the last sentence that is complete: an end mark before white space, or a line end. */
export function lastSentenceEnd(text: string): number {
  let end = 0;
  for (const match of text.matchAll(/[.!?…]["')\]»”]*\s|[。！？]|\n/gu)) end = match.index + match[0].length;
  return end;
}
