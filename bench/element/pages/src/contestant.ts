/** What a contestant has to be able to do. Written once for each, in the way its documentation shows. */
export interface Message {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** Takes one delta after another, as a model gives them. */
export interface Answer {
  push(delta: string): void;
  end(): void;
}

export interface Contestant {
  /** What others do before the page has the messages: not measured. */
  prepare?(messages: readonly Message[]): void;
  /** Puts the interface into `host`, showing `messages`. Need not wait until they are there. */
  mount(host: HTMLElement, messages: readonly Message[]): void | Promise<void>;
  /** Asks a question in the mounted interface; resolves when the answer can be given. */
  ask(question: string): Answer | Promise<Answer>;
  /** The text on show of the newest answer. */
  newest(): string;
  /** Below what the answers are; the host unless told otherwise. */
  root?(): Node | null;
  /** Where the user types; null before it is there, and where there is none. */
  field(): HTMLElement | null;
}
