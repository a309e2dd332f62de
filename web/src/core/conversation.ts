/**
 * One thread as the element holds it: its folded state, the turn that is under way, and what can be done with it. A façade:
 * its parts share a `Transcript`.
 *
 * Knows nothing of the page: it tells a `ConversationHost` what happened and a listener what changed.
 */
import { newestShown } from './client-tools';
import type { Action, Change, ConversationHost, Ending, Failure, Notice, Phase, Trouble } from './conversation-types';
import { endingOf } from './ending';
import type { ConversationState } from './fold';
import type { ThreadMemory } from './memory';
import { Outbox } from './outbox';
import { Pages } from './pages';
import type { Attachment, StructuredInputSubmission, ThreadItem, UserMessageInput, UserMessageItem } from './protocol.generated';
import { ToolRunner } from './tool-runner';
import { Transcript } from './transcript';
import { Turns } from './turn';
import type { WidgetActions } from './widget-actions';

export class Conversation {
  readonly #held: Transcript;
  readonly #pages: Pages;
  readonly #turns: Turns;
  readonly #outbox: Outbox;
  #actions: WidgetActions | null = null;

  constructor(host: ConversationHost, id: string | null, readonly memory: ThreadMemory) {
    this.#held = new Transcript(host, id, memory);
    this.#pages = new Pages(this.#held);
    this.#turns = new Turns(this.#held, this.#pages);
    this.#outbox = new Outbox(this.#held, this.#turns, this.#pages);
    const tools = new ToolRunner(this.#held, this.#turns, this.#pages);
    this.#held.onSettled = () => void this.#settle(tools);
  }

  /** What comes after a turn, a load or a refresh. */
  async #settle(tools: ToolRunner): Promise<void> {
    const { host, id, active, followed, missed } = this.#held;
    this.#held.missed = null;
    if (id !== null && active !== null && active !== followed) {
      await import('./run').catch((error: unknown) => host.log('part.unavailable', { message: String(error) }));
      if (!this.busy && !this.#held.closed) void this.#turns.follow(id, active);
      return;
    }
    if (missed !== null) this.look(missed);
    await tools.run();
    if (!tools.running && !this.busy) host.rested();
  }

  /** Something has become of the thread elsewhere: a run that began or ended, or its metadata. */
  look(runId: string | null): void {
    const held = this.#held;
    if (runId !== null && runId === held.followed) return;
    if (held.nudge !== null) held.nudge();
    else if (this.busy) held.missed = runId ?? held.missed ?? '';
    else this.refresh().catch((error: unknown) => held.host.log('refresh.failed', { message: String(error) }));
  }

  // --- what there is to show -----------------------------------------------------------------------------------------

  get id(): string | null {
    return this.#held.id;
  }

  get state(): ConversationState {
    return this.#held.state;
  }

  get phase(): Phase {
    return this.#held.phase;
  }

  get busy(): boolean {
    return this.#held.isBusy();
  }

  get allowCancel(): boolean {
    return this.#held.allowCancel;
  }

  /** The server takes edited messages. */
  get editable(): boolean {
    return this.#held.editable;
  }

  /** Why what goes on has to wait. */
  get trouble(): Trouble | null {
    return this.#held.trouble;
  }

  get failure(): Failure | null {
    return this.#held.failure;
  }

  /** The load itself failed: there is nothing to show but the failure. */
  get unavailable(): boolean {
    return this.#pages.unavailable;
  }

  get notices(): readonly Notice[] {
    return this.#held.notices;
  }

  /** The message on its way to the server, shown after all items until it comes back with its id. */
  get sending(): UserMessageItem | null {
    return this.#held.sending;
  }

  /** Items added in this turn that are not done. */
  get streaming(): ReadonlySet<string> {
    return this.#held.streaming;
  }

  get hasOlder(): boolean {
    return this.#pages.hasOlder;
  }

  get loadingOlder(): boolean {
    return this.#pages.loadingOlder;
  }

  /** How the last turn ended. */
  get outcome(): 'done' | 'stopped' | 'failed' {
    return this.#held.outcome;
  }

  /** The turn under way, or the last one, is an action of a card or of the page. */
  get acting(): boolean {
    return this.#turns.acting;
  }

  /** How the last answer ended, when it did not come to its end. */
  get ending(): Ending | null {
    return endingOf(this.#held, this.outcome === 'stopped');
  }

  /** The structured input that waits for its answer, if it is the newest thing said. */
  get question(): Extract<ThreadItem, { type: 'structured_input' }> | null {
    const last = newestShown(this.state.items);
    return last?.type === 'structured_input' && (last.status ?? 'pending') === 'pending' ? last : null;
  }

  set onChange(listener: (change: Change) => void) {
    this.#held.onChange = listener;
  }

  /** Called right before older items are put in front, for a view that wants to stay where it is. */
  set beforeOlder(listener: () => void) {
    this.#pages.beforeOlder = listener;
  }

  // --- what can be done ----------------------------------------------------------------------------------------------

  /** Loads metadata and the newest items. Never rejects: a failure is shown in place. */
  load(): Promise<void> {
    return this.#pages.load();
  }

  /** Puts the next older page before the items. */
  loadOlder(): Promise<void> {
    return this.#pages.loadOlder();
  }

  /** Brings metadata and the newest items up to date; what did not change keeps its identity. */
  refresh(): Promise<void> {
    return this.#pages.refresh();
  }

  /** Sends a user message. Resolves when the server has acknowledged it; rejects when it did not get there. */
  send(input: UserMessageInput, attachments: readonly Attachment[]): Promise<void> {
    return this.#outbox.send(input, attachments);
  }

  /** Says something else in a user message, removes what followed it, and asks for a new answer. */
  edit(itemId: string, input: UserMessageInput, attachments: readonly Attachment[]): Promise<void> {
    return import('./redo').then(({ edit }) => edit(this.#held, this.#turns, itemId, input, attachments));
  }

  answer(itemId: string, input: StructuredInputSubmission): Promise<void> {
    return import('./answering').then(({ answer }) => answer(this.#held, this.#turns, this.#pages, itemId, input));
  }

  /** Removes what followed a user message, and asks for a new answer. */
  retryAfter(itemId: string): Promise<void> {
    return this.#turns.retryAfter(itemId);
  }

  /** Runs an action on the server as a turn. Rejects when it failed. */
  async action(action: Action, itemId: string | null): Promise<void> {
    await (await this.#loadActions()).run(action, itemId);
  }

  /** Runs an action that answers with the changed item; may run beside a turn. Rejects when it failed. */
  async syncAction(action: Action, itemId: string): Promise<void> {
    await (await this.#loadActions()).runSync(action, itemId);
  }

  async #loadActions(): Promise<WidgetActions> {
    const { WidgetActions } = await import('./widget-actions');
    return (this.#actions ??= new WidgetActions(this.#held, this.#turns));
  }

  async feedback(itemIds: readonly string[], kind: 'positive' | 'negative'): Promise<void> {
    await this.#held.host.api().call('items.feedback', { thread_id: this.id, item_ids: itemIds, kind });
  }

  /** The user's stop, whatever is going on. */
  stop(): void {
    this.#held.stop();
  }

  /** Gives up connections; the element is going away. */
  close(): void {
    this.#held.close();
  }

  /** Shows a failure that is not a turn's own. */
  report(thrown: unknown): void {
    this.#held.fail(thrown, null);
    this.#held.changed({ kind: 'status' });
  }

  dismissNotice(id: number): void {
    this.#held.notices = this.notices.filter((notice) => notice.id !== id);
    this.#held.changed({ kind: 'status' });
  }

  dismissFailure(): void {
    this.#held.failure = null;
    this.#held.sending = null;
    this.#held.changed({ kind: 'list' });
    this.#held.changed({ kind: 'status' });
  }
}
