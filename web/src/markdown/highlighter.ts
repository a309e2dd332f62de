/** The lazy half of highlighting: lowlight's syntax tree becomes nodes, never an HTML string. */
import type { ElementContent, RootContent } from 'hast';
import { common, createLowlight } from 'lowlight';
import { addStyles } from '../ui/late-styles';
import { codeCss } from './code.css';
import { whenIdle } from './highlight';
import { morphChildren } from './morph';

/** How much is coloured in one task. */
const AT_ONCE = 8000;
/** How much before new lines is coloured again with them: what they are may depend on it. */
const CONTEXT = 3000;
/** Beyond this, growing code stays plain. */
const MOST = 60_000;

addStyles(codeCss);

const lowlight = createLowlight(common);

function build(content: RootContent | ElementContent): ChildNode[] {
  if (content.type === 'text') return [document.createTextNode(content.value)];
  if (content.type !== 'element') return [];
  const span = document.createElement('span');
  const names = content.properties['className'];
  if (Array.isArray(names)) span.className = names.join(' ');
  span.append(...content.children.flatMap(build));
  return [span];
}

function colours(language: string, text: string): ChildNode[] {
  return lowlight.highlight(language, text).children.flatMap(build);
}

/** Colours code that is complete; without effect when the language is not known. */
export function highlight(code: Element, language: string, text: string): void {
  if (!lowlight.registered(language)) return;
  if (text.length <= 2 * AT_ONCE) morphChildren(code, [...code.childNodes], colours(language, text));
  // Longer code that has grown is coloured already.
  else if (!code.querySelector('span')) new Painter(code, language, null).paint();
}

/**
 * Colours code from its beginning to `end`, a child of it, or to its last child, a stretch at a time. Each begins on a line in
 * which nothing is open (no comment, no text of several lines) and some way before what is new.
 */
export class Painter {
  /** the last node that keeps its colours */
  private settled: ChildNode | null = null;
  private length = 0;
  private waiting = false;

  constructor(private readonly code: Element, private readonly language: string, private readonly end: ChildNode | null) {}

  paint(): void {
    if (this.length > MOST || !lowlight.registered(this.language)) return;
    const live: ChildNode[] = [];
    let text = '';
    for (let node = this.settled ? this.settled.nextSibling : this.code.firstChild; node && node !== this.end; node = node.nextSibling) {
      live.push(node);
      text += node.textContent ?? '';
    }
    if (text === '') return;
    const cut = text.length <= AT_ONCE ? text.length : text.lastIndexOf('\n', AT_ONCE) + 1 || AT_ONCE;
    const nodes = colours(this.language, text.slice(0, cut));
    const count = nodes.length;
    if (cut < text.length) nodes.push(document.createTextNode(text.slice(cut)));
    const shown = morphChildren(this.code, live, nodes);
    const more = cut < text.length;
    if (more || cut > 2 * CONTEXT) this.settle(shown.slice(0, count), cut, more);
    if (more) this.goOn();
  }

  private goOn(): void {
    if (this.waiting) return;
    this.waiting = true;
    whenIdle(() => {
      this.waiting = false;
      if (this.code.isConnected) this.paint();
    });
  }

  /** Finds where the next stretch may begin; `anywhere` when it has to begin. */
  private settle(nodes: readonly ChildNode[], length: number, anywhere: boolean): void {
    let left = length;
    for (let at = nodes.length - 1; at >= 0; at -= 1) {
      const node = nodes[at];
      left -= node?.textContent?.length ?? 0;
      if (left > Math.max(length - CONTEXT, length / 2) || !(node instanceof Text) || !node.data.includes('\n')) continue;
      node.splitText(node.data.lastIndexOf('\n') + 1);
      this.keep(node, left + node.length);
      return;
    }
    const last = nodes[nodes.length - 1];
    if (last && anywhere) this.keep(last, length);
  }

  private keep(node: ChildNode, length: number): void {
    this.settled = node;
    this.length += length;
  }
}
