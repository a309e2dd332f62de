/** How long a line stays: until it has been taken note of, not to be found beside the text itself. */
const staysFor = 3000;

/** Tells screen readers what happens: whole sentences as they are complete, never single tokens. */
export class Announcer {
  /** Where lines go: into the last one. A dialog has its own, since what is outside of it is not heard. */
  readonly #regions: HTMLElement[] = [];
  #pending = '';
  /** The text that is being heard, and how much of each text has been. */
  #part = '';
  readonly #heard = new Map<string, number>();

  /** Takes a region to write into. Returns the way to give it up. */
  attach(region: HTMLElement): () => void {
    this.#regions.push(region);
    return () => void this.#regions.splice(this.#regions.indexOf(region), 1);
  }

  /** Whether text has been heard since the last `finish` or `reset`. */
  get hearing(): boolean {
    return this.#heard.size > 0;
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
    const plain = spoken(text);
    if (plain === '') return;
    const line = document.createElement('p');
    line.textContent = plain;
    this.#regions.at(-1)?.append(line);
    setTimeout(() => line.remove(), staysFor);
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
