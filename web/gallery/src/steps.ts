/** Does what a fixture's steps say, in the element's shadow root, each as soon as it can be done. */
import type { Step } from './fixtures';

type Element_ = HTMLElement & Record<string, unknown>;

/** The longest that anything takes; who waits longer waits for what does not come. */
const PATIENCE_MS = 8000;

/** Rejects with the step that could not be done. */
export async function play(element: HTMLElement, steps: readonly Step[], signal: AbortSignal): Promise<void> {
  for (const step of steps) {
    const [kind, value] = Object.entries(step)[0] as [string, unknown];
    const run = kinds[kind];
    if (run === undefined) throw new Error(`no such step: ${kind}`);
    await run(element as Element_, value, signal);
    if (signal.aborted) return;
  }
}

const kinds: Record<string, (element: Element_, value: unknown, signal: AbortSignal) => Promise<void>> = {
  click: async (element, value, signal) => (await found(element, value, signal)).click(),
  focus: async (element, value, signal) => (await found(element, value, signal)).focus(),
  hover: async (element, value, signal) => {
    const target = await found(element, value, signal);
    await painted();
    const { left, top, width, height } = target.getBoundingClientRect();
    const at = { bubbles: true, composed: true, clientX: left + width / 2, clientY: top + height / 2, pointerType: 'mouse' };
    for (const type of ['pointerover', 'pointerenter', 'pointermove']) target.dispatchEvent(new PointerEvent(type, at));
  },
  type: async (element, value, signal) => {
    const [selector, text] = value as [string, string];
    const field = await found(element, selector, signal);
    field.focus();
    if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
      field.value = text;
      field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, data: text }));
    } else {
      field.textContent = text;
      const end = document.createRange();
      end.selectNodeContents(field);
      end.collapse(false);
      getSelection()?.removeAllRanges();
      getSelection()?.addRange(end);
      field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, data: text }));
    }
  },
  paste: async (element, value, signal) => {
    const [selector, text, times] = value as [string, string, number];
    const field = await found(element, selector, signal);
    if (!(field instanceof HTMLTextAreaElement)) throw new Error(`${selector} takes no plain text`);
    // What listens to it is there a frame after what is seen.
    await painted();
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text.repeat(times));
    field.focus();
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, composed: true, cancelable: true }));
    field.setRangeText(text.repeat(times), field.selectionStart, field.selectionEnd, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, inputType: 'insertFromPaste' }));
  },
  press: async (element, value, signal) => {
    const [selector, key] = value as [string, string];
    const target = await found(element, selector, signal);
    target.focus();
    for (const type of ['keydown', 'keyup']) target.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true, composed: true, cancelable: true }));
  },
  select: async (element, value, signal) => {
    const range = document.createRange();
    range.selectNodeContents(await found(element, value, signal));
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(range);
    document.dispatchEvent(new Event('selectionchange'));
    element.shadowRoot?.dispatchEvent(new PointerEvent('pointerup', { bubbles: true, composed: true }));
  },
  scroll: async (element, value, signal) => {
    const [selector, top] = value as [string, number];
    const target = await found(element, selector, signal);
    target.dispatchEvent(new WheelEvent('wheel', { bubbles: true, composed: true }));
    // Rows that still take their real height put it back, as they would for a reader who scrolled only once.
    let held = 0;
    await until(() => {
      held = target.scrollTop === top ? held + 1 : 0;
      target.scrollTop = top;
      return held > 3 || null;
    }, `${selector} to stay at ${top}`, signal);
  },
  await: (element, value, signal) => found(element, value, signal).then(() => undefined),
  gone: (element, value, signal) => until(() => element.shadowRoot?.querySelector(String(value)) === null || null, `${String(value)} to go`, signal).then(() => undefined),
  call: async (element, value) => {
    const [method, ...args] = value as [string, ...unknown[]];
    await (element[method] as (...args: unknown[]) => Promise<void>).apply(element, args);
  },
  attach: async (element, value) => {
    const files = (value as { name: string; type: string; size: number }[]).map(({ name, type, size }) => fileOf(name, type, size));
    await (element.setComposerValue as (value: object) => Promise<void>)({ files: await Promise.all(files) });
  },
};

/** A file of that size; an image is a real one. */
async function fileOf(name: string, type: string, size: number): Promise<File> {
  return type.startsWith('image/') ? new File([await picture()], name, { type: 'image/png' }) : new File([new Uint8Array(size)], name, { type });
}

function picture(): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 256;
  const context = canvas.getContext('2d');
  if (context !== null) {
    const sky = context.createLinearGradient(0, 0, 0, 256);
    sky.addColorStop(0, '#8ec5ff');
    sky.addColorStop(1, '#fde2c4');
    context.fillStyle = sky;
    context.fillRect(0, 0, 256, 256);
    context.fillStyle = '#2f6f57';
    context.beginPath();
    context.moveTo(0, 256);
    context.lineTo(90, 110);
    context.lineTo(150, 190);
    context.lineTo(190, 140);
    context.lineTo(256, 230);
    context.lineTo(256, 256);
    context.fill();
  }
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob === null ? reject(new Error('no picture')) : resolve(blob)), 'image/png'));
}

/** When what is there has been painted, and what listens from then on does. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)));
  });
}

function found(element: Element_, selector: unknown, signal: AbortSignal): Promise<HTMLElement> {
  return until(() => element.shadowRoot?.querySelector<HTMLElement>(String(selector)) ?? null, String(selector), signal);
}

/** What `look` gives as soon as it is something; looked at in every frame. */
export function until<T>(look: () => T | null, what: string, signal: AbortSignal): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  return new Promise((resolve, reject) => {
    const step = (): void => {
      const value = look();
      if (value !== null) resolve(value);
      else if (signal.aborted) reject(new DOMException('aborted', 'AbortError'));
      else if (performance.now() > end) reject(new Error(`waited in vain for ${what}`));
      else requestAnimationFrame(step);
    };
    step();
  });
}
