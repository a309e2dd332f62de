/** What stands in the composer: text, quotation, attachments, chosen tool and model. The view only shows it. */
import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { ModelOption, ToolOption } from '@openai/chatkit';
import type { Chat } from '../core/chat';
import type { Drafts } from '../core/drafts';
import { asError } from '../core/errors';
import type { Options } from '../core/options';
import type { Attachment, UserMessageContent, UserMessageTagContent } from '../core/protocol.generated';

export interface ComposerValue {
  text?: string | undefined;
  content?: readonly UserMessageContent[] | undefined;
  reply?: string | undefined;
  attachments?: readonly Attachment[] | undefined;
  selectedToolId?: string | null | undefined;
  selectedModelId?: string | undefined;
}

export class ComposerModel {
  readonly text = signal('');
  readonly tags = signal<readonly UserMessageTagContent[]>([]);
  readonly reply = signal<string | null>(null);
  readonly attachments = signal<readonly Attachment[]>([]);
  readonly toolId = signal<string | null>(null);
  readonly modelId = signal<string | null>(null);
  /** Raised to ask the view for focus. */
  readonly focusRequests = signal(0);
  readonly empty: ReadonlySignal<boolean> = computed(() =>
    this.text.value.trim() === '' && this.attachments.value.length === 0 && this.tags.value.length === 0);
  /** The user's focus is at the foot, so what takes its place takes the focus too. */
  engaged = false;
  #threadId: string | null = null;

  constructor(
    private readonly chat: Chat,
    private readonly drafts: Drafts,
    private readonly options: ReadonlySignal<Options | null>,
    private readonly toolChanged: (toolId: string | null) => void,
  ) {}

  get tool(): ToolOption | null {
    return this.options.value?.composer.tools?.find((tool) => tool.id === this.toolId.value) ?? null;
  }

  get model(): ModelOption | null {
    const models = this.options.value?.composer.models ?? [];
    return models.find((model) => model.id === this.modelId.value) ?? models.find((model) => model.default) ?? models[0] ?? null;
  }

  focus(): void {
    this.focusRequests.value += 1;
  }

  type(text: string): void {
    this.text.value = text;
    this.drafts.keep(this.#threadId, text);
  }

  /** Another thread is on show: its draft comes back. */
  switchTo(threadId: string | null): void {
    this.#threadId = threadId;
    this.text.value = this.drafts.read(threadId);
    this.tags.value = [];
    this.reply.value = null;
    this.attachments.value = [];
  }

  /** The thread on show got its id; what stands in the composer stays. */
  rename(threadId: string): void {
    if (this.#threadId === threadId) return;
    this.drafts.keep(this.#threadId, '');
    this.#threadId = threadId;
    this.drafts.keep(threadId, this.text.value);
  }

  selectTool(toolId: string | null): void {
    if (this.toolId.value === toolId) return;
    this.toolId.value = toolId;
    this.toolChanged(toolId);
  }

  set(value: ComposerValue): void {
    if (value.content !== undefined) {
      this.type(value.content.map((part) => (part.type === 'input_text' ? part.text : '')).join(''));
      this.tags.value = value.content.filter((part) => part.type === 'input_tag');
    } else if (value.text !== undefined) {
      this.type(value.text);
      this.tags.value = [];
    }
    if (value.reply !== undefined) this.reply.value = value.reply === '' ? null : value.reply;
    if (value.attachments !== undefined) this.attachments.value = value.attachments;
    if (value.selectedToolId !== undefined) this.selectTool(value.selectedToolId);
    if (value.selectedModelId !== undefined) this.modelId.value = value.selectedModelId;
  }

  /** Sends what stands in the composer; puts it back when the server could not take it and nothing else shows it. */
  async submit(): Promise<void> {
    if (this.empty.peek()) return;
    const before = { text: this.text.peek(), tags: this.tags.peek(), reply: this.reply.peek(), attachments: this.attachments.peek() };
    const text = before.text.trim();
    const content: UserMessageContent[] = [...before.tags, ...(text === '' ? [] : [{ type: 'input_text' as const, text }])];
    const sent = this.chat.send({
      content,
      quotedText: before.reply ?? undefined,
      attachments: before.attachments,
      toolId: this.tool?.id,
      model: this.model?.id,
    });
    this.type('');
    this.tags.value = [];
    this.reply.value = null;
    this.attachments.value = [];
    if (this.tool?.persistent !== true) this.selectTool(null);
    try {
      await sent;
    } catch (error) {
      const { current } = this.chat;
      if (current.sending !== null || this.text.peek() !== '') return;
      this.chat.log('message.unsent', { message: asError(error).message });
      this.type(before.text);
      this.tags.value = before.tags;
      this.reply.value = before.reply;
      this.attachments.value = before.attachments;
    }
  }
}
