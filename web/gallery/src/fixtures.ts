/** What the gallery shows: the files in `fixtures/`, one for each topic. Their shape is checked by the Python tests. */
import type { Attachment, ThreadItem, ThreadMetadata, ThreadStreamEvent } from '../../src/core/protocol.generated';

type Json = Record<string, unknown>;

/** Something done to the element, as a person or the page around it would. Selectors are CSS, inside its shadow root. */
export type Step =
  | { click: string }
  | { focus: string }
  | { hover: string }
  | { type: [selector: string, text: string] }
  | { press: [selector: string, key: string] }
  | { paste: [selector: string, text: string, times: number] }
  | { select: string }
  | { scroll: [selector: string, top: number] }
  | { await: string }
  | { gone: string }
  | { call: [method: string, ...args: unknown[]] }
  | { attach: { name: string; type: string; size: number }[] };

/** An answer: events in their order, and how it ends. Items lack what the server fills in: id, thread, time. */
export interface Turn {
  events: (Json | { say: string } | { event: ThreadStreamEvent })[];
  /** `hold`: goes on for as long as one looks. `break`: the connection is lost. */
  end?: 'hold' | 'break';
}

/** What an operation is answered with in place of what it should be. */
export type Fault =
  | 'network'
  | 'never'
  | { status: number; type?: string; body?: string };

export interface HistoryEntry {
  title: string | null;
  /** Age in days. */
  days: number;
  /** Somebody is being answered there. */
  answering?: boolean;
}

export interface State {
  id: string;
  title: string;
  about?: string;
  /** A widget by itself, shown beside its source. */
  widget?: Json;
  items?: Partial<ThreadItem>[];
  /** How often the items stand one after the other. */
  repeat?: number;
  thread?: Partial<ThreadMetadata>;
  history?: HistoryEntry[];
  options?: Json;
  /** False: nobody configures the element. */
  configured?: boolean;
  /** Attributes in place of options. */
  attributes?: Record<string, string>;
  /** Children of the element, for its slots; `message-actions` becomes a template. */
  slots?: Record<string, string>;
  turns?: Turn[];
  faults?: Record<string, Fault>;
  /** What the server can beyond the reference's protocol. */
  extensions?: ('edit' | 'runs')[];
  entities?: Json[];
  commands?: Json[];
  /** Answers to entity previews. */
  preview?: Json;
  /** What a client tool gives back; `never` for one that goes on and on. */
  tool?: Json | 'never';
  /** What becomes of each file; a number is how much of it gets there, from 0 to 1, before it stands still. */
  uploads?: ('done' | 'never' | Fault | number)[];
  microphone?: 'tone' | 'denied';
  attachments?: Attachment[];
  steps?: Step[];
}

export interface Topic {
  /** The file's name without its ending. */
  id: string;
  title: string;
  about?: string;
  states: State[];
}

/** A file: `shared` is what all its states have, unless they say otherwise. */
interface File {
  title: string;
  about?: string;
  shared?: Partial<State>;
  states: State[];
}

const files = import.meta.glob<File>('../fixtures/*.json', { eager: true, import: 'default' });

/** In the order of the files' names, which begin with a number that is not shown. */
export const topics: readonly Topic[] = Object.entries(files)
  .sort(([one], [other]) => one.localeCompare(other))
  .map(([path, { shared = {}, states, ...topic }]) => ({
    ...topic,
    id: /(?:\d+-)?([a-z]+)\.json$/.exec(path)?.[1] ?? path,
    states: states.map((state) => ({ ...shared, ...state, options: { ...shared.options, ...state.options } })),
  }));

export interface Found {
  topic: Topic;
  state: State;
}

/** The state that `topic.state` names; the first one for a name that nothing has. */
export function findState(name: string | null): Found {
  const [topicId, stateId] = (name ?? '').split('.');
  const topic = topics.find(({ id }) => id === topicId) ?? topics[0];
  const state = topic?.states.find(({ id }) => id === stateId) ?? topic?.states[0];
  if (topic === undefined || state === undefined) throw new Error('the gallery has no fixtures');
  return { topic, state };
}

export function nameOf({ topic, state }: Found): string {
  return `${topic.id}.${state.id}`;
}
