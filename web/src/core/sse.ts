/**
 * An incremental parser for `text/event-stream`, after the WHATWG's "Server-sent events" (section 9.2.6).
 *
 * Takes bytes in any chunking: inside a UTF-8 sequence, between CR and LF, inside a field name. What stands after the last
 * blank line is dropped, as the standard wants. The fields `event` and `retry` are passed over: the protocol has no use for them.
 */
import { unlessAborted } from './abort';

export interface ServerSentEvent {
  readonly data: string;
  /** The last `id` seen in the stream so far. */
  readonly id: string;
}

export class SseParser {
  // The decoder takes the leading byte order mark away.
  readonly #decoder = new TextDecoder('utf-8');
  #line = '';
  #afterCarriageReturn = false;
  /** The last `id` field seen, also in frames without data. */
  #id = '';
  #data: string[] = [];

  /** Feeds bytes; returns the events they complete. */
  push(bytes: Uint8Array): ServerSentEvent[] {
    return this.#text(this.#decoder.decode(bytes, { stream: true }));
  }

  #text(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    let start = 0;
    if (this.#afterCarriageReturn && text.length > 0) {
      this.#afterCarriageReturn = false;
      if (text.startsWith('\n')) start = 1;
    }
    const lineEnd = /\r\n?|\n/g;
    lineEnd.lastIndex = start;
    for (let match = lineEnd.exec(text); match !== null; match = lineEnd.exec(text)) {
      const event = this.#endLine(this.#line + text.slice(start, match.index));
      if (event !== null) events.push(event);
      this.#line = '';
      start = lineEnd.lastIndex;
      if (match[0] === '\r' && start === text.length) this.#afterCarriageReturn = true;
    }
    this.#line += text.slice(start);
    return events;
  }

  #endLine(line: string): ServerSentEvent | null {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? '' : line.slice(colon + 1);
    if (value.startsWith(' ')) value = value.slice(1);
    this.#field(field, value);
    return null;
  }

  #field(field: string, value: string): void {
    if (field === 'data') this.#data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
  }

  #dispatch(): ServerSentEvent | null {
    const data = this.#data;
    this.#data = [];
    return data.length === 0 ? null : { data: data.join('\n'), id: this.#id };
  }
}

/** Who listens to a stream: told of each sign of life, and says when to give up. */
export interface Listener {
  readonly signal: AbortSignal;
  heard(): void;
}

/** The events of a response body, as they arrive. Ends when the body ends; rejects when it breaks or is given up. */
export async function* readEvents(body: ReadableStream<Uint8Array>, listener?: Listener): AsyncGenerator<ServerSentEvent, void, void> {
  const parser = new SseParser();
  const reader = body.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await unlessAborted(listener?.signal, reader.read());
      ended = done;
      listener?.heard();
      if (done) return;
      yield* parser.push(value);
    }
  } finally {
    // On an early return of the consumer: it must not leave the connection open.
    if (!ended) reader.cancel().catch(() => undefined);
  }
}
