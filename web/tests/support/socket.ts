/** A web socket in the place of the browser's, whose server is the test. */
import { vi } from 'vitest';

type Frame = Record<string, unknown>;

export class FakeSocket {
  /** All that were made, the latest last. */
  static made: FakeSocket[] = [];
  readyState = 0;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: Frame[] = [];

  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }

  /** Puts it where the browser's is, until `vi.unstubAllGlobals`. */
  static install(): void {
    FakeSocket.made = [];
    vi.stubGlobal('WebSocket', FakeSocket);
  }

  static get last(): FakeSocket {
    const last = FakeSocket.made.at(-1);
    if (last === undefined) throw new Error('No socket was made.');
    return last;
  }

  send(text: string): void {
    if (this.readyState === 0) throw new DOMException('connecting', 'InvalidStateError');
    this.sent.push(JSON.parse(text) as Frame);
  }

  close(): void {
    this.readyState = 2;
  }

  // --- the server's side -----------------------------------------------------------------------------------------------

  open(limits: Frame = {}): this {
    this.readyState = 1;
    this.tell({ opened: { heartbeat: 15, max_bytes: 1000, ...limits } });
    return this;
  }

  tell(...frames: Frame[]): void {
    for (const frame of frames) this.raw(JSON.stringify(frame));
  }

  raw(data: unknown): void {
    this.onmessage?.({ data });
  }

  lose(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  /** Requests that it has had, and their ids. */
  get asked(): Frame[] {
    return this.sent.filter((frame) => 'request' in frame);
  }

  get ids(): string[] {
    return this.asked.map(({ id }) => id as string);
  }

  get pings(): Frame[] {
    return this.sent.filter((frame) => 'ping' in frame);
  }

  get cancels(): unknown[] {
    return this.sent.filter(({ cancel }) => cancel === true).map(({ id }) => id);
  }
}
