/**
 * Mermaid code blocks become pictures. The picture is an SVG document in an `img`: there it runs no script, follows no link and
 * loads nothing. The source stays below it, and in its place when it cannot be drawn.
 */
import { effect, type ReadonlySignal } from '@preact/signals';
import { createIcon } from '../icons/svg';
import { format, type Messages } from '../locales';
import { addStyles } from '../ui/late-styles';
import { diagramsCss } from './diagrams.css';
import { DiagramError, draw, LIMIT, type Drawing, type Scheme } from './renderer';
import { keepRoom, roomFor, type Size } from './rooms';

addStyles(diagramsCss);

/** How small a picture may become beside its own size: its words have 14 to 16 px. */
const SMALLEST = 0.8;

const selector = '.ck-code:has(> pre > code.language-mermaid)';

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

/** The diagram's own title (`accTitle: …` or `title: …`), else what it is. */
export function nameOf(source: string, messages: Messages): string {
  return /^\s*(?:accTitle|title)\s*:\s*(\S.*?)\s*$/m.exec(source)?.[1] ?? messages.widgets.diagram;
}

function limit(node: HTMLElement, width: number): void {
  node.style.setProperty('--ck-diagram-least', `${Math.round(width * SMALLEST)}px`);
}

/** As large as the picture that comes will be. */
function emptyRoom({ width, height }: Size): HTMLElement {
  const room = make('div', 'ck-diagram-picture ck-diagram-room');
  limit(room, width);
  room.style.inlineSize = `${width}px`;
  room.style.aspectRatio = `${width} / ${height}`;
  return room;
}

async function pictureOf({ svg, width, height }: Drawing, name: string): Promise<HTMLImageElement> {
  const picture = make('img', 'ck-diagram-picture');
  picture.alt = name;
  picture.width = width;
  picture.height = height;
  limit(picture, width);
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  // Rejects for what is no image, and where the page's policy has no `img-src data:`.
  await picture.decode();
  return picture;
}

/** Puts the picture, or the room for it, above the source, which closes. Once more with a picture in other colours. */
function show(block: Element, picture: HTMLElement, messages: Messages): void {
  const old = block.querySelector('.ck-diagram-picture');
  if (old) {
    old.replaceWith(picture);
    return;
  }
  const pre = block.querySelector('pre');
  if (!pre) return;
  const frame = make('div', 'ck-diagram-view', picture);
  frame.tabIndex = 0; // it scrolls, so it must be reachable by keyboard
  frame.setAttribute('role', 'group');
  frame.setAttribute('aria-label', messages.widgets.diagram);
  const source = make('details', 'ck-diagram-source', make('summary', '', messages.widgets.code));
  pre.before(frame, source);
  source.append(pre);
}

/** Takes back a room that no picture came for: the source is open again. */
function clear(block: Element): void {
  if (!block.querySelector('.ck-diagram-room')) return;
  const source = block.querySelector('.ck-diagram-source');
  block.querySelector('.ck-diagram-view')?.remove();
  source?.replaceWith(...block.querySelectorAll('pre'));
}

/** What to say when there is no picture. The parser's words are in English. */
export function problemOf(error: unknown, messages: Messages): string {
  return error instanceof DiagramError ? `${messages.widgets.diagram}: ${error.message}` : messages.failure.part;
}

function say(block: Element, problem: string): void {
  if (block.querySelector('.ck-diagram-picture, .ck-diagram-problem')) return;
  block.append(make('p', 'ck-diagram-problem', createIcon('info', 'ck-icon'), problem));
}

function rootOf(node: Node): ParentNode & Node {
  const root = node.getRootNode();
  return root instanceof ShadowRoot ? root : document.body;
}

async function drawIn(block: Element, source: string, scheme: Scheme, messages: Messages): Promise<void> {
  const current = (): boolean => block.isConnected && block.querySelector('pre')?.textContent === source;
  if (source.length > LIMIT) {
    say(block, format(messages.composer.tooLarge, { name: messages.widgets.diagram, size: `${LIMIT / 1000} kB` }));
    return;
  }
  const room = roomFor(source);
  if (room !== null && !block.querySelector('.ck-diagram-picture')) show(block, emptyRoom(room), messages);
  try {
    const drawing = await draw(source, scheme, rootOf(block));
    keepRoom(source, drawing);
    const picture = await pictureOf(drawing, nameOf(source, messages));
    if (current()) show(block, picture, messages);
  } catch (error) {
    if (!current()) return;
    clear(block);
    say(block, problemOf(error, messages));
  }
}

/** Draws the diagrams in `root`, and again when the colours change, until the result is called. Blocks that went away are forgotten. */
export function drawDiagrams(root: Element, scheme: ReadonlySignal<Scheme>, messages: Messages): () => void {
  const blocks = [...root.querySelectorAll(selector), ...(root.matches(selector) ? [root] : [])];
  const stops = blocks.map((block) => {
    const source = block.querySelector('pre')?.textContent ?? '';
    const held = new WeakRef(block);
    const stop = effect(() => {
      const now = scheme.value;
      const live = held.deref();
      if (live?.isConnected === true) void drawIn(live, source, now, messages);
      else queueMicrotask(() => stop());
    });
    return stop;
  });
  return () => {
    for (const stop of stops) stop();
  };
}
