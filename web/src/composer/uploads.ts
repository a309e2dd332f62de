/** The files of a composer on their way to the server. */
import { effect } from '@preact/signals';
import type { CustomApiConfig, FileUploadStrategy } from '@openai/chatkit';
import { asError, isAbort } from '../core/errors';
import type { Api } from '../core/http';
import type { Attachment } from '../core/protocol.generated';
import { upload } from '../core/upload';
import { format, plural } from '../locales';
import { wordsOf } from '../locales/failures';
import type { ComposerFile } from '../state/composer-model';
import type { Shell } from '../state/context';
import { defaultMaxCount, formatSize, isAccepted, maxSizeFor, type AttachmentLimits } from './limits';

const made = new WeakMap<Shell, Uploads>();

export function uploadsOf(shell: Shell): Uploads {
  const uploads = made.get(shell) ?? new Uploads(shell);
  made.set(shell, uploads);
  return uploads;
}

export class Uploads {
  readonly #running = new Map<string, AbortController>();
  /** Where each attachment that was uploaded here is stored. */
  readonly #apis = new WeakMap<Attachment, Api>();
  #count = 0;

  constructor(private readonly shell: Shell) {
    // A file that left the composer, removed or with its thread, is not sent any further.
    effect(() => {
      const kept = new Set(shell.composer.files.value.map(({ key }) => key));
      for (const [key, abort] of this.#running) if (!kept.has(key)) abort.abort();
    });
  }

  /** Takes what the limits allow and starts to send it; says what it did not take and why. */
  add(files: readonly File[]): void {
    const { composer: model } = this.shell;
    const limits = this.shell.options.peek()?.composer.attachments;
    if (limits?.enabled !== true || files.length === 0) return;
    const problems: string[] = [];
    const taken: ComposerFile[] = [];
    const room = (limits.maxCount ?? defaultMaxCount) - model.files.peek().length;
    for (const file of files) {
      const problem = this.#problemWith(file, limits);
      if (problem !== null) problems.push(problem);
      else taken.push(this.#entry(file));
    }
    if (taken.length > room) problems.push(plural(this.shell.locale.peek(), this.#messages.tooMany, limits.maxCount ?? defaultMaxCount));
    model.problem.value = problems.length === 0 ? null : problems.join(' ');
    const started = taken.slice(0, Math.max(0, room));
    model.files.value = [...model.files.peek(), ...started];
    for (const entry of started) void this.#send(entry);
  }

  retry(key: string): void {
    const entry = this.shell.composer.files.peek().find((each) => each.key === key);
    if (entry?.file == null || entry.attachment !== null) return;
    this.#change(key, { error: null, progress: null });
    void this.#send(entry);
  }

  /** Takes a file out; one that was uploaded here is deleted on the server as well. */
  remove(key: string): void {
    const { composer: model, chat } = this.shell;
    const entry = model.files.peek().find((each) => each.key === key);
    model.files.value = model.files.peek().filter((each) => each.key !== key);
    model.problem.value = null;
    if (entry?.file != null && entry.attachment !== null) this.#delete(this.#apis.get(entry.attachment) ?? chat.api(), entry.attachment.id);
    chat.log('attachment.removed', { name: entry?.name });
  }

  get #messages(): ReturnType<Shell['messages']['peek']>['composer'] {
    return this.shell.messages.peek().composer;
  }

  #problemWith(file: File, limits: AttachmentLimits): string | null {
    if (!isAccepted(limits, file)) return format(this.#messages.notAccepted, { name: file.name });
    const most = maxSizeFor(limits, file.type);
    return file.size > most ? format(this.#messages.tooLarge, { name: file.name, size: formatSize(most, this.shell.locale.peek()) }) : null;
  }

  #entry(file: File): ComposerFile {
    this.#count += 1;
    return { key: `upload-${this.#count}`, name: file.name, type: file.type, file, attachment: null, progress: null, error: null };
  }

  async #send({ key, file }: ComposerFile): Promise<void> {
    if (file === null) return;
    const { life } = this.shell.chat;
    const api = this.shell.chat.api();
    const abort = new AbortController();
    const leave = (): void => abort.abort();
    life.addEventListener('abort', leave);
    this.#running.set(key, abort);
    try {
      const onProgress = (share: number): void => void this.#change(key, { progress: share });
      const attachment = await upload(api, this.#strategy(), file, { signal: abort.signal, onProgress, discard: (id) => this.#delete(api, id) });
      this.#apis.set(attachment, api);
      if (this.#change(key, { attachment, progress: 1 })) return;
      // It left while the server was answering.
      this.#delete(api, attachment.id);
    } catch (error) {
      this.#onFailure(key, file, asError(error), life.aborted || isAbort(error) || abort.signal.aborted);
    } finally {
      life.removeEventListener('abort', leave);
      this.#running.delete(key);
    }
  }

  /** Given up: the file left the composer, or the composer the page; back there, the file can be tried again. */
  #onFailure(key: string, file: File, error: Error, givenUp: boolean): void {
    const failed = format(this.#messages.uploadFailed, { name: file.name });
    const why = wordsOf(error, this.shell.messages.peek().failure);
    if (!this.#change(key, { error: givenUp ? failed : why, progress: null }) || givenUp) return;
    this.shell.composer.problem.value = `${failed} ${why}`;
    this.shell.chat.error(error);
  }

  #strategy(): FileUploadStrategy {
    // Hosted mode takes a strategy as well, which its published type does not know.
    const api = this.shell.options.peek()?.api as Pick<CustomApiConfig, 'uploadStrategy'> | undefined;
    return api?.uploadStrategy ?? { type: 'two_phase' };
  }

  #delete(api: Api, id: string): void {
    api.call('attachments.delete', { attachment_id: id })
      .catch((error: unknown) => this.shell.chat.log('attachment.undeleted', { message: asError(error).message }));
  }

  /** Whether the file was still there to be changed. */
  #change(key: string, changes: Partial<ComposerFile>): boolean {
    const { files } = this.shell.composer;
    if (!files.peek().some((each) => each.key === key)) return false;
    files.value = files.peek().map((each) => (each.key === key ? { ...each, ...changes } : each));
    return true;
  }
}
