/** Tells screen readers what happens: whole sentences as they are complete, never single tokens. */
export class Announcer {
  #region: HTMLElement | null = null;
  #pending = '';

  attach(region: HTMLElement | null): void {
    this.#region = region;
  }

  /** Says a status at once. */
  say(text: string): void {
    this.#speak(text);
  }

  /** Takes text as it streams and says it sentence by sentence. */
  append(delta: string): void {
    this.#pending += delta;
    const end = lastSentenceEnd(this.#pending);
    if (end === 0) return;
    this.#speak(this.#pending.slice(0, end));
    this.#pending = this.#pending.slice(end);
  }

  /** Says what is left, and that it is all. */
  finish(text: string): void {
    this.#speak(`${this.#pending} ${text}`);
    this.#pending = '';
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
