/** A rich text field at work: what the user types goes into the model, what the model gets from elsewhere is shown. */
import { signal } from '@preact/signals';
import type { ComposerModel } from '../state/composer-model';
import { contentLength, lineOf, splice, triggerAt, type Content, type Trigger } from './content';
import { caretIn, closeLine, read, setCaret, show } from './field';

interface Snapshot {
  readonly content: Content;
  readonly caret: number;
}

/** Changes that follow each other faster are undone together. */
const oneStep = 700;
const mostSteps = 100;

export class Editing {
  /** The mention or command that is being typed. */
  readonly trigger = signal<Trigger | null>(null);
  /** What may be typed; the options say. */
  offered = { mentions: false, commands: false };
  #field: HTMLElement | null = null;
  #shown: Content = [];
  #undo: Snapshot[] = [];
  #redo: Snapshot[] = [];
  #lastChange = -Infinity;
  #caret = Infinity;

  constructor(private readonly model: ComposerModel) {}

  attach(field: HTMLElement): () => void {
    this.#field = field;
    this.#shown = this.model.content.peek();
    show(field, this.#shown);
    const stop = new AbortController();
    const { signal: until } = stop;
    field.addEventListener('beforeinput', (event) => this.#before(event), { signal: until });
    field.addEventListener('input', (event) => {
      if (!(event instanceof InputEvent && event.isComposing)) this.#read();
    }, { signal: until });
    field.addEventListener('compositionend', () => this.#read(), { signal: until });
    field.addEventListener('blur', () => (this.trigger.value = null), { signal: until });
    document.addEventListener('selectionchange', () => this.#follow(), { signal: until });
    return () => stop.abort();
  }

  /** Takes the focus; the caret goes back to where it was, at first to the end. Engines would put it at the start. */
  focus(): void {
    if (this.#field === null || this.#field.matches(':focus')) return;
    this.#field.focus();
    setCaret(this.#field, Math.min(this.#caret, contentLength(this.#shown)));
  }

  /** Shows what the model has, unless it came from here. */
  sync(content: Content): void {
    if (content === this.#shown || this.#field === null) return;
    this.#remember();
    this.#show(content, contentLength(content));
  }

  /** Puts content in place of the trigger, or of what is selected. */
  insert(inserted: Content, at: { start: number; end: number } | null = this.#place()): void {
    const { start, end } = at ?? { start: contentLength(this.#shown), end: contentLength(this.#shown) };
    this.#remember(true);
    const content = splice(this.#shown, start, end, inserted);
    this.#field?.focus();
    this.#show(content, start + contentLength(inserted));
    this.model.put(content);
    this.#follow();
  }

  /** Text at the caret, a word of its own. */
  insertWord(text: string): void {
    const place = this.#place() ?? { start: contentLength(this.#shown), end: contentLength(this.#shown) };
    const before = lineOf(this.#shown).slice(0, place.start);
    this.insert([{ type: 'input_text', text: before === '' || /\s$/.test(before) ? text : ` ${text}` }], place);
  }

  /** Closes the suggestions until something else is typed. */
  dismiss(): void {
    this.#dismissed = this.trigger.peek()?.start ?? -1;
    this.trigger.value = null;
  }

  undo(): void {
    this.#step(this.#undo, this.#redo);
  }

  redo(): void {
    this.#step(this.#redo, this.#undo);
  }

  #dismissed = -1;

  #place(): { start: number; end: number } | null {
    return this.#field === null ? null : caretIn(this.#field);
  }

  #before(event: InputEvent): void {
    const taken = (): void => this.insert([{ type: 'input_text', text: event.dataTransfer?.getData('text/plain') ?? '' }]);
    const own: Readonly<Record<string, () => void>> = {
      historyUndo: () => this.undo(),
      historyRedo: () => this.redo(),
      insertParagraph: () => this.insert([{ type: 'input_text', text: '\n' }]),
      insertLineBreak: () => this.insert([{ type: 'input_text', text: '\n' }]),
      ...(this.#field?.contentEditable === 'true' && { insertFromPaste: taken, insertFromDrop: taken }),
    };
    const handle = own[event.inputType];
    if (handle === undefined && !event.inputType.startsWith('format')) return;
    event.preventDefault();
    handle?.();
  }

  #read(): void {
    if (this.#field === null) return;
    const content = read(this.#field);
    this.#remember();
    this.#shown = content;
    closeLine(this.#field, content);
    this.model.put(content);
    this.#follow();
  }

  #show(content: Content, caret: number): void {
    if (this.#field === null) return;
    this.#shown = content;
    this.#caret = caret;
    show(this.#field, content);
    if (this.#field.matches(':focus')) setCaret(this.#field, caret);
  }

  #follow(): void {
    if (this.#field?.matches(':focus') !== true) return;
    const place = this.#place();
    if (place !== null) this.#caret = place.end;
    const found = place === null || place.start !== place.end ? null : triggerAt(this.#shown, place.start, this.offered);
    if (found?.start !== this.#dismissed) this.#dismissed = -1;
    const next = this.#dismissed >= 0 ? null : found;
    const now = this.trigger.peek();
    if (next?.kind !== now?.kind || next?.query !== now?.query || next?.start !== now?.start) this.trigger.value = next;
  }

  /** Keeps what is there before it changes. */
  #remember(always = false): void {
    const now = performance.now();
    if (always || now - this.#lastChange > oneStep || this.#undo.length === 0) {
      this.#undo = [...this.#undo.slice(1 - mostSteps), { content: this.#shown, caret: this.#place()?.end ?? contentLength(this.#shown) }];
    }
    this.#redo = [];
    this.#lastChange = always ? -Infinity : now;
  }

  #step(from: Snapshot[], to: Snapshot[]): void {
    const target = from.pop();
    if (target === undefined) return;
    to.push({ content: this.#shown, caret: this.#place()?.end ?? 0 });
    this.#lastChange = -Infinity;
    this.#show(target.content, Math.min(target.caret, contentLength(target.content)));
    this.model.put(target.content);
    this.#follow();
  }
}
