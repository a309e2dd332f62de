/** The button beside selected text. */
import type { OpenAIChatKit } from '@openai/chatkit';
import { askCss } from './ask.css';
import { chatSelector, privateSelector, shortened } from './chat';
import type { AskButton, AskOptions } from './chatkit-page';

const tokens = [
  'color-surface-elevated', 'color-text', 'color-border', 'color-hover', 'color-active', 'color-focus', 'shadow-md',
  'radius-control', 'font-body',
].map((name) => `--chatkit-${name}`);

/** How far the button stands from the text and from the edges of the window, in pixels. */
const gap = 8;

const unasked = `${chatSelector}, ${privateSelector}, input, textarea, select, [contenteditable]:not([contenteditable=false])`;

type Chat = Element & Pick<OpenAIChatKit, 'setComposerValue' | 'focusComposer'>;

export function askOnSelection(options: AskOptions = {}): AskButton {
  const { chat = chatSelector, within, as = 'quote', label = 'Ask', maxLength = 2000, beforeAsk } = options;
  const { host, button, hint } = made(label);
  // Firefox before 125: there is no layer for the button to stand in.
  if (!('popover' in HTMLElement.prototype)) return { host, destroy: () => undefined };
  const listening = new AbortController();
  const always = { signal: listening.signal, capture: true, passive: true };
  let range: Range | null = null;
  let text = '';
  let pressed = false;
  /** What had the focus before the button. */
  let before: HTMLElement | null = null;
  /** What the user turned the button down for, or has asked about: it does not come back for the same. */
  let declined: Range | null = null;
  let frame = 0;

  const find = (): Element | null => (typeof chat === 'string' ? document.querySelector(chat) : chat);
  const isFocused = (): boolean => host.matches(':focus-within');

  /** Nothing while the pointer is down: text is still being selected. */
  const update = (): void => {
    frame = 0;
    if (pressed) return;
    range = selectedRange(within);
    if (range === null || declined === null || !isSame(range, declined)) declined = null;
    text = range === null ? '' : cut(getSelection()?.toString() ?? '', maxLength);
    if (range === null || text === '' || declined !== null) hide();
    else show(range);
  };
  const soon = (): void => {
    if (frame === 0) frame = requestAnimationFrame(update);
  };

  const show = (around: Range): void => {
    const parent = parentFor(around);
    if (host.parentNode !== parent) parent.append(host);
    if (!host.matches(':popover-open')) {
      dress(host, find());
      host.showPopover();
      hint.textContent ||= options.hint ?? 'Press Tab to ask about the selected text';
    }
    place(host, around);
  };
  const hide = (): void => {
    if (isFocused()) before?.focus({ preventScroll: true });
    if (host.matches(':popover-open')) host.hidePopover();
  };

  const onKey = (event: KeyboardEvent): void => {
    if (!host.matches(':popover-open') || event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (event.key === 'Escape' || (event.key === 'Tab' && isFocused())) {
      // After Tab the browser goes on from where the focus was, or else where the text is.
      leave();
    } else if (event.key === 'Tab' && !event.shiftKey) {
      event.preventDefault();
      before = document.activeElement instanceof HTMLElement && document.activeElement !== document.body ? document.activeElement : null;
      button.focus({ preventScroll: true });
    }
  };
  const leave = (): void => {
    const [back, selected, focused] = [before, range, isFocused()];
    declined = selected?.cloneRange() ?? null;
    host.hidePopover();
    if (!focused) return;
    if (back !== null) back.focus({ preventScroll: true });
    else if (selected !== null) backTo(selected);
  };

  const ask = async (): Promise<void> => {
    const [asked, back] = [text, before];
    declined = range?.cloneRange() ?? null;
    hide();
    await beforeAsk?.();
    const found = chatOf(find());
    await found.setComposerValue(as === 'draft' ? { text: asked } : { reply: asked });
    // Refused while an answer streams: the text is there for afterwards.
    await found.focusComposer().catch(() => back?.focus({ preventScroll: true }));
  };

  button.addEventListener('click', () => void ask().catch(reportError));
  // The selection stays.
  button.addEventListener('pointerdown', (event) => event.preventDefault());
  button.addEventListener('mousedown', (event) => event.preventDefault());
  document.addEventListener('selectionchange', soon, always);
  document.addEventListener('pointerdown', (event) => (pressed = !event.composedPath().includes(host)), always);
  for (const name of ['pointerup', 'pointercancel'] as const) {
    document.addEventListener(name, () => {
      pressed = false;
      soon();
    }, always);
  }
  addEventListener('scroll', soon, always);
  addEventListener('resize', soon, always);
  document.addEventListener('keydown', onKey, { signal: listening.signal, capture: true });

  return {
    host,
    destroy: () => {
      listening.abort();
      cancelAnimationFrame(frame);
      host.remove();
    },
  };
}

/** The host, which is nowhere on the page yet. */
function made(label: string): { host: HTMLElement; button: HTMLButtonElement; hint: HTMLElement } {
  const host = document.createElement('div');
  host.popover = 'manual';
  host.setAttribute('data-chatkit-ask', '');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(askCss);
  root.adoptedStyleSheets = [sheet];
  const button = document.createElement('button');
  button.type = 'button';
  button.part.add('button');
  const words = document.createElement('span');
  words.textContent = label;
  words.dir = 'auto';
  button.append(bubble(), words);
  const hint = document.createElement('div');
  hint.className = 'hint';
  hint.role = 'status';
  root.append(button, hint);
  return { host, button, hint };
}

function bubble(): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  for (const [name, value] of Object.entries({ viewBox: '0 0 16 16', fill: 'none', 'aria-hidden': 'true' })) svg.setAttribute(name, value);
  const drawn = { d: 'M2.75 7.75a5.25 4.75 0 1 1 2.6 4.1L2.9 13l.7-2.6a4.6 4.6 0 0 1-.85-2.65Z', stroke: 'currentColor', 'stroke-width': '1.4', 'stroke-linejoin': 'round' };
  for (const [name, value] of Object.entries(drawn)) path.setAttribute(name, value);
  svg.append(path);
  return svg;
}

/** What is selected and may be asked about. */
function selectedRange(within: string | undefined): Range | null {
  const selection = getSelection();
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return null;
  const ends = [selection.anchorNode, selection.focusNode].map(elementOf);
  const mayBeAsked = ends.every((end) => end !== null && end.closest(unasked) === null && (within === undefined || end.closest(within) !== null));
  if (!mayBeAsked) return null;
  const range = selection.getRangeAt(0);
  // From before something private to after it.
  const isPrivate = [...document.querySelectorAll(privateSelector)].some((each) => range.intersectsNode(each));
  return isPrivate ? null : range;
}

function isSame(a: Range, b: Range): boolean {
  return a.startContainer === b.startContainer && a.startOffset === b.startOffset && a.endContainer === b.endContainer && a.endOffset === b.endOffset;
}

const elementOf = (node: Node | null): HTMLElement | null => (node instanceof HTMLElement ? node : (node?.parentElement ?? null));

/** Inside an open dialog, where all else is inert. */
function parentFor(range: Range): Element {
  return elementOf(range.commonAncestorContainer)?.closest('dialog[open]') ?? document.body;
}

/** Paragraphs stay apart; other white space is as it shows. */
function cut(text: string, length: number): string {
  const paragraphs = text.split(/\n\s*\n/).map((paragraph) => shortened(paragraph, length)).filter((paragraph) => paragraph !== '');
  const characters = Array.from(paragraphs.join('\n\n'));
  return characters.length <= length ? characters.join('') : characters.slice(0, length - 1).join('') + '…';
}

/** Gives the button the chat's colours and font. */
function dress(host: HTMLElement, chat: Element | null): void {
  const style = chat === null ? null : getComputedStyle(chat);
  for (const token of tokens) host.style.setProperty(token, style?.getPropertyValue(token) ?? '');
  host.style.setProperty('color-scheme', style?.colorScheme ?? 'light dark');
}

/** Below the end of the text, above it where there is no room, always inside the window. */
function place(host: HTMLElement, range: Range): void {
  const last = [...range.getClientRects()].at(-1) ?? range.getBoundingClientRect();
  const { width, height } = host.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const below = last.bottom + gap;
  const top = below + height + gap <= clientHeight ? below : last.top - gap - height;
  host.style.setProperty('left', `${clamp(last.right - width / 2, clientWidth - width)}px`);
  host.style.setProperty('top', `${clamp(top, clientHeight - height)}px`);
}

const clamp = (value: number, most: number): number => Math.round(Math.max(gap, Math.min(value, most - gap)));

/** Puts the focus where the text ends, from which Tab goes on. */
function backTo(range: Range): void {
  const end = elementOf(range.endContainer);
  if (end === null || end === document.body) return;
  if (!end.hasAttribute('tabindex')) {
    end.setAttribute('tabindex', '-1');
    end.addEventListener('blur', () => end.removeAttribute('tabindex'), { once: true });
  }
  end.focus({ preventScroll: true });
}

function chatOf(found: Element | null): Chat {
  if (found === null) throw new Error('askOnSelection found no <openai-chatkit> on the page; its option "chat" says which one it is.');
  if (!('setComposerValue' in found)) throw new Error('askOnSelection: <openai-chatkit> has not loaded yet; wait for chatKitReady().');
  return found as Chat;
}
