/** What stands in the composer: text and tags, quotation, files, chosen tool and model. The view only shows it. */
import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { ModelOption, ToolOption } from '@openai/chatkit';
import type { Chat } from '../core/chat';
import type { Drafts } from '../core/drafts';
import { asError } from '../core/errors';
import type { Options } from '../core/options';
import type { Attachment, UserMessageContent, UserMessageItem } from '../core/protocol.generated';

export interface ComposerValue {
  text?: string | undefined;
  content?: readonly UserMessageContent[] | undefined;
  reply?: string | undefined;
  attachments?: readonly Attachment[] | undefined;
  selectedToolId?: string | null | undefined;
  selectedModelId?: string | undefined;
}

/** A file that goes with the message: on its way to the server, or there. */
export interface ComposerFile {
  readonly key: string;
  readonly name: string;
  readonly type: string;
  /** The server's; null as long as it does not have the file. */
  readonly attachment: Attachment | null;
  /** What the user chose; null for an attachment given by the page. */
  readonly file: File | null;
  /** How much is there, from 0 to 1; null when nobody tells. */
  readonly progress: number | null;
  /** Why the upload failed. */
  readonly error: string | null;
}

type Content = readonly UserMessageContent[];

const textOnly = (text: string): Content => (text === '' ? [] : [{ type: 'input_text', text }]);

export class ComposerModel {
  readonly content = signal<Content>([]);
  readonly text = computed(() => this.content.value.map((part) => (part.type === 'input_text' ? part.text : '')).join(''));
  readonly tags = computed(() => this.content.value.filter((part) => part.type === 'input_tag'));
  readonly reply = signal<string | null>(null);
  readonly files = signal<readonly ComposerFile[]>([]);
  readonly toolId = signal<string | null>(null);
  readonly modelId = signal<string | null>(null);
  /** What went wrong in the composer: shown above it until it is dismissed. */
  readonly problem = signal<string | null>(null);
  /** A long text that has just been pasted: it is offered as a file as long as it is there. */
  readonly pasted = signal<string | null>(null);
  /** The view is asked for focus, and gives it as soon as there is a field. */
  readonly focusWanted = signal(false);
  /** Nothing that could be sent, or not all of it there yet. */
  readonly empty: ReadonlySignal<boolean> = computed(() => {
    const files = this.files.value;
    if (files.some((file) => file.attachment === null)) return true;
    return this.text.value.trim() === '' && files.length === 0 && this.tags.value.length === 0;
  });
  /** The user's focus is at the foot, so what takes its place takes the focus too. */
  engaged = false;
  /** Puts text at the caret of a field that is more than a text area. */
  insert: ((text: string) => void) | null = null;
  /** Opens the file picker. */
  pickFiles: (() => void) | null = null;
  #threadId: string | null = null;
  /** What drafts that are not on show hold beside their content; lasts as long as the page. */
  readonly #aside = new Map<string | null, { reply: string | null; files: readonly ComposerFile[] }>();

  constructor(
    private readonly chat: Chat,
    private readonly drafts: Drafts,
    private readonly options: ReadonlySignal<Options | null>,
    private readonly toolChanged: (toolId: string | null) => void,
  ) {
    chat.onUnsent = (threadId, message) => this.#keep(threadId, message);
  }

  /** The thread whose draft this is. */
  get threadId(): string | null {
    return this.#threadId;
  }

  get tool(): ToolOption | null {
    return this.options.value?.composer.tools?.find((tool) => tool.id === this.toolId.value) ?? null;
  }

  get model(): ModelOption | null {
    const models = (this.options.value?.composer.models ?? []).filter((model) => model.disabled !== true);
    return models.find((model) => model.id === this.modelId.value) ?? models.find((model) => model.default) ?? models[0] ?? null;
  }

  focus(): void {
    this.focusWanted.value = true;
  }

  /** Puts text in place of the text; tags stay, before it. */
  type(text: string): void {
    this.put([...this.tags.peek(), ...textOnly(text)]);
  }

  put(content: Content): void {
    this.content.value = content;
    this.drafts.keep(this.#threadId, content);
  }

  /** Adds text where the user is typing. */
  add(text: string): void {
    const now = this.text.peek();
    if (this.insert !== null) this.insert(text);
    else this.type(now === '' || /\s$/.test(now) ? now + text : `${now} ${text}`);
    this.focus();
  }

  removeTag(tag: UserMessageContent): void {
    this.put(this.content.peek().filter((part) => part !== tag));
    this.focus();
  }

  /** Another thread is on show: its draft comes back. Files that the server does not have yet stay behind. */
  switchTo(threadId: string | null): void {
    this.#aside.set(this.#threadId, { reply: this.reply.peek(), files: this.files.peek().filter(({ attachment }) => attachment !== null) });
    const { reply, files } = this.#aside.get(threadId) ?? { reply: null, files: [] };
    this.#aside.delete(threadId);
    this.#threadId = threadId;
    this.content.value = this.drafts.read(threadId);
    this.reply.value = reply;
    this.files.value = files;
    this.problem.value = null;
    this.pasted.value = null;
  }

  /** Another server or person: nothing that was written or uploaded for the one before stays. */
  restart(): void {
    this.files.value = [];
    this.switchTo(null);
    this.#aside.clear();
    this.reply.value = null;
    this.selectTool(null);
    this.modelId.value = null;
  }

  /** The thread on show got its id; what stands in the composer stays. */
  rename(threadId: string): void {
    if (this.#threadId === threadId) return;
    this.drafts.keep(this.#threadId, []);
    this.#threadId = threadId;
    this.drafts.keep(threadId, this.content.value);
  }

  selectTool(toolId: string | null): void {
    if (this.toolId.value === toolId) return;
    this.toolId.value = toolId;
    this.toolChanged(toolId);
  }

  set(value: ComposerValue): void {
    if (value.content !== undefined) this.put(value.content);
    else if (value.text !== undefined) this.put(textOnly(value.text));
    if (value.reply !== undefined) this.reply.value = value.reply === '' ? null : value.reply;
    if (value.attachments !== undefined) this.files.value = value.attachments.map(given);
    if (value.selectedToolId !== undefined) this.selectTool(value.selectedToolId);
    if (value.selectedModelId !== undefined) this.modelId.value = value.selectedModelId;
  }

  /** Puts a message that was not sent back, before what has been typed since. */
  takeBack({ content, quoted_text: reply, attachments, inference_options: options }: UserMessageItem): void {
    this.put(joined(content, this.content.peek()));
    this.reply.value ??= reply ?? null;
    this.files.value = [...(attachments ?? []).map(given), ...this.files.peek()];
    if (this.toolId.peek() === null && options.tool_choice != null) this.selectTool(options.tool_choice.id);
    this.focus();
  }

  /** Sends what stands in the composer; puts it back when the server could not take it and nothing else shows it. */
  async submit(): Promise<void> {
    if (this.empty.peek()) return;
    const threadId = this.#threadId;
    const conversation = this.chat.current;
    const before = { content: this.content.peek(), reply: this.reply.peek(), files: this.files.peek() };
    const message = {
      content: trimmed(before.content),
      quotedText: before.reply ?? undefined,
      attachments: before.files.flatMap(({ attachment }) => attachment ?? []),
      toolId: this.tool?.id,
      model: this.model?.id,
    };
    this.put([]);
    this.reply.value = null;
    this.files.value = [];
    this.problem.value = null;
    this.pasted.value = null;
    if (this.tool?.persistent !== true) this.selectTool(null);
    try {
      await this.chat.send(message);
    } catch (error) {
      // Another conversation is on show: it waits where it was written.
      if (this.chat.current !== conversation) {
        this.#keepFor(threadId, before.content);
        return;
      }
      if (conversation.sending !== null || this.content.peek().length > 0) return;
      this.chat.log('message.unsent', { message: asError(error).message });
      this.put(before.content);
      this.reply.value = before.reply;
      this.files.value = before.files;
    }
  }

  /** A message that is not on show any more goes back to where it was written. */
  #keep(threadId: string | null, message: UserMessageItem): void {
    if (threadId === this.#threadId) {
      this.takeBack(message);
      return;
    }
    const { content, quoted_text: reply, attachments } = message;
    this.drafts.keep(threadId, joined(content, this.drafts.read(threadId)));
    const aside = this.#aside.get(threadId) ?? { reply: null, files: [] };
    this.#aside.set(threadId, { reply: aside.reply ?? reply ?? null, files: [...(attachments ?? []).map(given), ...aside.files] });
  }

  /** Puts content that was not sent into the draft of a thread, unless something else has been typed there since. */
  #keepFor(threadId: string | null, content: Content): void {
    if (threadId === this.#threadId ? this.content.peek().length > 0 : this.drafts.read(threadId).length > 0) return;
    if (threadId === this.#threadId) this.put(content);
    else this.drafts.keep(threadId, content);
  }
}

/** What was written first, then what has been typed since. */
function joined(first: Content, then: Content): Content {
  return then.length === 0 ? first : [...first, ...textOnly('\n\n'), ...then];
}

function given(attachment: Attachment): ComposerFile {
  const { id, name, mime_type: type } = attachment;
  return { key: id, name, type, attachment, file: null, progress: 1, error: null };
}

/** Without empty lines at both ends and white space at the end, without empty texts. The first line keeps its indentation. */
export function trimmed(content: Content): UserMessageContent[] {
  const last = content.length - 1;
  return content
    .map((part, at) => {
      if (part.type !== 'input_text') return part;
      let { text } = part;
      if (at === 0) text = text.trim() === '' ? '' : text.replace(/^\s*\n/, '');
      if (at === last) text = text.trimEnd();
      return { ...part, text };
    })
    .filter((part) => part.type === 'input_tag' || part.text !== '');
}
