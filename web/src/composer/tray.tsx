import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../icons';
import { format } from '../locales';
import { IconButton } from '../ui/button';
import type { ComposerFile } from '../state/composer-model';
import { useMessages, useShell } from '../state/context';
import { formatSize } from './limits';
import { uploadsOf } from './uploads';

/** The files that go with the message. */
export function Tray(): JSX.Element | null {
  const { composer: model } = useShell();
  const { composer: messages } = useMessages();
  const files = model.files.value;
  if (files.length === 0) return null;
  return (
    <ul class="tray" part="composer-attachments" aria-label={messages.files}>
      {files.map((file) => <Tile key={file.key} file={file} />)}
    </ul>
  );
}

function Tile({ file }: { file: ComposerFile }): JSX.Element {
  const shell = useShell();
  const { composer: messages } = useMessages();
  const uploads = uploadsOf(shell);
  const failed = file.error !== null;
  const sending = file.attachment === null && !failed;
  const preview = usePreview(file);
  const remove = (): void => {
    uploads.remove(file.key);
    shell.composer.focus();
  };
  return (
    <li class={`tile${preview === null ? '' : ' tile-image'}${failed ? ' tile-failed' : ''}`} title={file.error ?? file.name} aria-busy={sending}>
      {preview ?? (
        <>
          <span class="tile-icon"><Icon name={failed ? 'error' : 'document'} size={20} /></span>
          <span class="tile-text"><span class="tile-name" dir="auto">{file.name}</span><Detail file={file} /></span>
        </>
      )}
      {preview !== null && <span class="hidden">{file.name}</span>}
      {sending && <Progress name={file.name} share={file.progress} />}
      {failed && <span class="tile-retry"><IconButton size="sm" icon="reload" label={format(messages.retryUpload, { name: file.name })} onClick={() => uploads.retry(file.key)} /></span>}
      <span class="tile-remove"><IconButton size="sm" icon="close" label={format(messages.removeAttachment, { name: file.name })} onClick={remove} /></span>
    </li>
  );
}

function Detail({ file }: { file: ComposerFile }): JSX.Element | null {
  const shell = useShell();
  if (file.file === null) return null;
  const size = formatSize(file.file.size, shell.locale.value);
  return <span class="tile-detail">{file.progress === null || file.attachment !== null ? size : `${inPercent(file.progress, shell.locale.value)} · ${size}`}</span>;
}

function inPercent(share: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent' }).format(share);
}

const around = 2 * Math.PI * 9;

/** A ring that fills; turns where nobody tells how much has been sent. */
function Progress({ name, share }: { name: string; share: number | null }): JSX.Element {
  const { composer: messages } = useMessages();
  const value = share === null ? {} : { 'aria-valuenow': Math.round(share * 100) };
  return (
    <span class="tile-progress" role="progressbar" aria-label={format(messages.uploading, { name })} aria-valuemin={0} aria-valuemax={100} {...value}>
      <svg class={share === null ? 'ring ring-turning' : 'ring'} viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
        <circle cx="12" cy="12" r="9" class="ring-track" />
        <circle cx="12" cy="12" r="9" class="ring-value" stroke-dasharray={`${around}`} stroke-dashoffset={`${around * (1 - (share ?? 0.25))}`} />
      </svg>
    </span>
  );
}

const previewSize = 128;

/** A small picture of an image. Drawn, not loaded from an address: no policy of the page can forbid it. */
function usePreview({ file, attachment }: ComposerFile): JSX.Element | null {
  const shell = useShell();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [drawable, setDrawable] = useState(file?.type.startsWith('image/') === true);
  useEffect(() => {
    if (file === null || !drawable) return undefined;
    let gone = false;
    createImageBitmap(file).then((image) => {
      if (!gone) draw(canvas.current, image);
      image.close();
    }, () => setDrawable(false));
    return () => {
      gone = true;
    };
  }, [file, drawable]);
  if (drawable) return <canvas ref={canvas} class="tile-preview" width={previewSize} height={previewSize} aria-hidden="true" />;
  if (file === null && attachment?.type === 'image' && shell.allowImage(attachment.preview_url)) {
    return <img class="tile-preview" src={attachment.preview_url} alt="" />;
  }
  return null;
}

/** Fills the canvas with the middle of the image. */
function draw(canvas: HTMLCanvasElement | null, image: ImageBitmap): void {
  const side = Math.min(image.width, image.height);
  canvas?.getContext('2d')?.drawImage(image, (image.width - side) / 2, (image.height - side) / 2, side, side, 0, 0, previewSize, previewSize);
}
