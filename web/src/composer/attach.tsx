import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../icons';
import { useMessages, useShell } from '../state/context';
import { acceptAttribute } from './limits';
import { uploadsOf } from './uploads';

/** Opens the file picker; takes files that are pasted into the composer or dropped on the chat, too. */
export function AttachButton({ disabled }: { disabled: boolean }): JSX.Element {
  const shell = useShell();
  const { composer: messages } = useMessages();
  const button = useRef<HTMLButtonElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [dropping, setDropping] = useState(false);
  const limits = shell.options.value?.composer.attachments;
  useEffect(() => {
    if (disabled || button.current === null) return undefined;
    shell.composer.pickFiles = () => field.current?.click();
    const stop = listen(button.current, (files) => uploadsOf(shell).add(files), setDropping, (text) => (shell.composer.pasted.value = text));
    return () => {
      shell.composer.pickFiles = null;
      stop();
    };
  }, [shell, disabled]);
  return (
    <>
      <button ref={button} type="button" class="bar-button bar-icon" part="attach-button" aria-label={messages.attach} title={messages.attach} disabled={disabled} onClick={() => field.current?.click()}>
        <Icon name="plus" size={20} />
      </button>
      <input
        ref={field} type="file" hidden multiple={(limits?.maxCount ?? 2) > 1} accept={limits === undefined ? '' : acceptAttribute(limits)}
        onChange={(event) => {
          uploadsOf(shell).add([...(event.currentTarget.files ?? [])]);
          // The same file may be chosen again after it was removed.
          event.currentTarget.value = '';
          shell.composer.focus();
        }}
      />
      {dropping && <div class="drop" aria-hidden="true"><Icon name="paperclip" size={20} />{messages.drop}</div>}
    </>
  );
}

/** A text of this length, in UTF-16 units, may rather be a file. */
const LONG_PASTE = 20_000;

/** Whether a text is nothing but names of files, or where they lie. Copies of texts, for their part, often bring a picture along. */
export function areNames(text: string, files: readonly Pick<File, 'name'>[]): boolean {
  const names = new Set(files.flatMap(({ name }) => [name, encodeURIComponent(name), encodeURI(name)]));
  return text.split(/[\r\n]+/).filter((line) => line.trim() !== '').every((line) => names.has(line.trim()) || names.has(line.trim().replace(/^.*[/\\]/, '')));
}

/** Files that are pasted into the form around `inside`, or dropped on the element that it is in. */
function listen(inside: HTMLElement, add: (files: File[]) => void, setDropping: (dropping: boolean) => void, offer: (text: string) => void): () => void {
  const root = inside.getRootNode();
  const host = root instanceof ShadowRoot ? root.host : document.body;
  const form = inside.closest('form');
  const stop = new AbortController();
  const { signal } = stop;
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
  const on = (type: 'dragenter' | 'dragover' | 'dragleave' | 'drop', handle: (event: DragEvent) => void): void =>
    host.addEventListener(type, (event) => {
      if (event instanceof DragEvent && hasFiles(event)) handle(event);
    }, { signal });
  on('dragover', (event) => {
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
    setDropping(true);
  });
  on('dragleave', (event) => {
    if (!(event.relatedTarget instanceof Node && host.contains(event.relatedTarget))) setDropping(false);
  });
  on('drop', (event) => {
    event.preventDefault();
    setDropping(false);
    add([...(event.dataTransfer?.files ?? [])]);
  });
  form?.addEventListener('paste', (event) => {
    const { clipboardData: data } = event;
    const files = [...(data?.files ?? [])];
    const text = data?.getData('text/plain') ?? '';
    if (files.length > 0 && (text === '' || areNames(text, files))) {
      event.preventDefault();
      add(files);
    } else if (text.length >= LONG_PASTE) offer(text.replace(/\r\n?/g, '\n'));
  }, { signal });
  return () => stop.abort();
}
