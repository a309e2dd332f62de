import { expect, vi } from 'vitest';
import { Chat, type Emit } from '../../src/core/chat';
import { readOptions } from '../../src/core/options';
import { FakeServer } from './server';

const scriptUrl = 'https://host.example/assets/element.js';

/** A chat before a scripted server, and what its page hears. */
export class Harness {
  readonly server = new FakeServer();
  readonly heard: [name: string, detail: unknown][] = [];
  readonly chat: Chat;

  constructor(options: Record<string, unknown> = {}) {
    const emit: Emit = (name, ...detail) => void this.heard.push([name.replace('chatkit.', ''), detail[0]]);
    this.chat = new Chat({ emit, scriptUrl, baseUrl: () => document.baseURI, locale: () => 'nb' });
    this.chat.configure(readOptions({ api: { url: '/chatkit', fetch: this.server.fetch }, ...options }, {}, () => undefined));
  }

  /** Names of the events so far, without the log. */
  get names(): string[] {
    return this.heard.map(([name]) => name).filter((name) => name !== 'log');
  }

  say(text: string): Promise<void> {
    return this.chat.send({ content: [{ type: 'input_text', text }] });
  }

  ended(count = 1): Promise<void> {
    return vi.waitFor(() => expect(this.names.filter((name) => name === 'response.end')).toHaveLength(count));
  }

  get texts(): string[] {
    return this.chat.current.state.items.map((item) => (item.type === 'assistant_message' ? item.content.map((part) => part.text).join('') : item.type));
  }
}
