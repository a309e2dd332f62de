/**
 * The fold: events → conversation. Pure; the rules and their cases are in `protocol/`.
 *
 * A state is never changed in place, so an item that is the same object as before is the same item, which is what keeps
 * rendering cheap.
 */
import { isRecord } from './validate';
import type {
  AssistantMessageContent,
  AssistantMessageItem,
  ThreadItem,
  ThreadItemUpdate,
  ThreadMetadata,
  ThreadStreamEvent,
  Thread,
  WidgetItem,
  WidgetRoot,
} from './protocol.generated';

export interface Progress {
  readonly text: string;
  readonly icon?: string;
}

export interface ConversationState {
  readonly thread: ThreadMetadata | null;
  readonly items: readonly ThreadItem[];
  readonly progress: Progress | null;
  /** Item id → progress (0 to 1) of images that are not done. */
  readonly imageProgress: Readonly<Record<string, number>>;
}

export const emptyState: ConversationState = { thread: null, items: [], progress: null, imageProgress: {} };

/** `ignored` says why an event changed nothing although it should have: to be logged. */
export interface Folded {
  readonly state: ConversationState;
  readonly ignored?: string;
}

type EventOf<T extends ThreadStreamEvent['type']> = Extract<ThreadStreamEvent, { type: T }>;
type UpdateOf<T extends ThreadItemUpdate['type']> = Extract<ThreadItemUpdate, { type: T }>;
type Handlers = { [T in ThreadStreamEvent['type']]: (state: ConversationState, event: EventOf<T>) => ConversationState | string };

/** The thread's metadata, without what only its answer carries. */
export function metadataOf(thread: Thread | ThreadMetadata): ThreadMetadata {
  const { items: _page, extensions: _extensions, active_run: _run, ...metadata } = thread as Thread;
  return metadata;
}

function without(record: Readonly<Record<string, number>>, key: string): Readonly<Record<string, number>> {
  if (!(key in record)) return record;
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

/** Puts `item` where one with its id stands, else at the end. */
function put(state: ConversationState, item: ThreadItem): ConversationState {
  const at = indexOf(state.items, item.id);
  const items = at < 0 ? [...state.items, item] : state.items.with(at, item);
  return { ...state, items, progress: null, imageProgress: without(state.imageProgress, item.id) };
}

/** Position of an item; looks from the end, where streaming happens. */
export function indexOf(items: readonly ThreadItem[], id: string): number {
  return items.findLastIndex((item) => item.id === id);
}

const handlers: Handlers = {
  'thread.created': (state, { thread }) => ({ ...state, thread: metadataOf(thread), items: thread.items.data ?? [], imageProgress: {} }),
  'thread.updated': (state, { thread }) => ({ ...state, thread: metadataOf(thread) }),
  'thread.item.added': (state, { item }) => put(state, item),
  'thread.item.done': (state, { item }) => put(state, item),
  'thread.item.replaced': (state, { item }) => put(state, item),
  'thread.item.removed': (state, { item_id: id }) => {
    const at = indexOf(state.items, id);
    if (at < 0) return `no item ${id} to remove`;
    return { ...state, items: state.items.toSpliced(at, 1), progress: null, imageProgress: without(state.imageProgress, id) };
  },
  'thread.item.updated': (state, { item_id: id, update }) => {
    const at = indexOf(state.items, id);
    const item = state.items[at];
    if (item === undefined) return `no item ${id} to update`;
    const updated = updateItem(item, update);
    if (typeof updated === 'string') return updated;
    return { ...state, items: state.items.with(at, updated), progress: null, imageProgress: imageProgress(state, id, update) };
  },
  progress_update: (state, { text, icon }) => ({ ...state, progress: icon == null ? { text } : { text, icon } }),
  error: (state) => ended(state),
  notice: (state) => ended(state),
  stream_options: (state) => state,
  client_effect: (state) => state,
};

/** Applies one event. */
export function fold(state: ConversationState, event: ThreadStreamEvent): Folded {
  if (!Object.hasOwn(handlers, event.type)) return { state, ignored: `unknown event ${event.type}` };
  const handler = handlers[event.type] as (state: ConversationState, event: ThreadStreamEvent) => ConversationState | string;
  const result = handler(state, event);
  return typeof result === 'string' ? { state, ignored: result } : { state: result };
}

/** What the end of a stream leaves: the progress line goes. */
export function ended(state: ConversationState): ConversationState {
  return state.progress === null ? state : { ...state, progress: null };
}

// --- updates of one item ---------------------------------------------------------------------------------------------

/** An update's type starts with the type of the item it is for. */
type TargetOf<T> = T extends `${infer Type}.${string}` ? Extract<ThreadItem, { type: Type }> : never;
type Updates = { [T in ThreadItemUpdate['type']]: (item: TargetOf<T>, update: UpdateOf<T>) => TargetOf<T> | string };

const updates: Updates = {
  'assistant_message.content_part.added': setPart,
  'assistant_message.content_part.done': setPart,
  'assistant_message.content_part.text_delta': (item, { content_index: at, delta }) =>
    editPart(item, at, (part) => ({ ...part, text: part.text + delta })),
  'assistant_message.content_part.annotation_added': (item, { content_index: at, annotation_index: index, annotation }) =>
    editPart(item, at, (part) => {
      const annotations = part.annotations ?? [];
      return { ...part, annotations: annotations.toSpliced(Math.min(index, annotations.length), 0, annotation) };
    }),
  'widget.root.updated': (item, { widget }) => ({ ...item, widget }),
  'widget.component.updated': (item, { component_id: id, component }) => editWidget(item, id, () => component),
  'widget.streaming_text.value_delta': (item, { component_id: id, delta, done }) =>
    editWidget(item, id, (node) => {
      if (node.type !== 'Text' && node.type !== 'Markdown') return null;
      const value = (typeof node.value === 'string' ? node.value : '') + delta;
      return done ? { ...node, value, streaming: false } : { ...node, value };
    }),
  'workflow.task.added': (item, { task_index: at, task }) => {
    const tasks = item.workflow.tasks;
    return { ...item, workflow: { ...item.workflow, tasks: tasks.toSpliced(Math.min(at, tasks.length), 0, task) } };
  },
  'workflow.task.updated': (item, { task_index: at, task }) => {
    const tasks = item.workflow.tasks;
    if (at < 0 || at >= tasks.length) return `workflow ${item.id} has no task ${at}`;
    return { ...item, workflow: { ...item.workflow, tasks: tasks.with(at, task) } };
  },
  'generated_image.updated': (item, { image }) => ({ ...item, image }),
};

function updateItem(item: ThreadItem, update: ThreadItemUpdate): ThreadItem | string {
  if (!Object.hasOwn(updates, update.type)) return `unknown update ${update.type}`;
  if (!update.type.startsWith(`${item.type}.`)) return `${update.type} is not for ${item.type} ${item.id}`;
  const apply = updates[update.type] as (item: ThreadItem, update: ThreadItemUpdate) => ThreadItem | string;
  return apply(item, update);
}

function setPart(item: AssistantMessageItem, update: { content_index: number; content: AssistantMessageContent }): AssistantMessageItem | string {
  return editPart(item, update.content_index, () => update.content);
}

function editPart(item: AssistantMessageItem, at: number, edit: (part: AssistantMessageContent) => AssistantMessageContent): AssistantMessageItem | string {
  if (at < 0) return `message ${item.id} has no part ${at}`;
  const content = [...item.content];
  while (content.length <= at) content.push({ type: 'output_text', text: '', annotations: [] });
  const part = content[at];
  if (part !== undefined) content[at] = edit(part);
  return { ...item, content };
}

function imageProgress(state: ConversationState, id: string, update: ThreadItemUpdate): Readonly<Record<string, number>> {
  if (update.type !== 'generated_image.updated') return state.imageProgress;
  return update.progress == null ? without(state.imageProgress, id) : { ...state.imageProgress, [id]: update.progress };
}

// --- components in a widget tree -------------------------------------------------------------------------------------

/** A widget component as the fold sees it: only what is needed to find and grow it. */
interface WidgetNode {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly value?: unknown;
  readonly children?: unknown;
}
type NodeEdit = (node: WidgetNode) => WidgetNode | null;

function isNode(value: unknown): value is WidgetNode {
  return isRecord(value);
}

function editWidget(item: WidgetItem, id: string, edit: NodeEdit): WidgetItem | string {
  const widget = editNode(item.widget, id, edit);
  if (widget === undefined) return `widget ${item.id} has no component ${id}`;
  if (widget === null) return `component ${id} of widget ${item.id} holds no text`;
  return { ...item, widget: widget as WidgetRoot };
}

/** The tree with the first component of that id edited; `undefined` when there is none, `null` when the edit refuses. */
function editNode(node: WidgetNode, id: string, edit: NodeEdit): WidgetNode | null | undefined {
  if (node.id === id) return edit(node);
  const children = node.children;
  if (isNode(children)) {
    const child = editNode(children, id, edit);
    return child ? { ...node, children: child } : child;
  }
  if (!Array.isArray(children)) return undefined;
  for (const [at, each] of (children as unknown[]).entries()) {
    const child = isNode(each) ? editNode(each, id, edit) : undefined;
    if (child === null) return null;
    if (child !== undefined) return { ...node, children: (children as unknown[]).with(at, child) };
  }
  return undefined;
}
