/** Content as the nodes of an editable element: texts, and a span that cannot be edited for each tag. */
import type { UserMessageTagContent } from '../core/protocol.generated';
import { selectedIn } from '../ui/selected';
import { merged, type Content } from './content';

const tags = new WeakMap<Node, UserMessageTagContent>();

export function tagAt(node: Node): UserMessageTagContent | undefined {
  return tags.get(node);
}

export function show(field: HTMLElement, content: Content): void {
  const nodes: Node[] = content.map((part) => (part.type === 'input_text' ? document.createTextNode(part.text) : chip(part)));
  field.replaceChildren(...nodes);
  closeLine(field, content);
}

/** How a field is edited: as text only where the browser has that (Firefox from 136). Else `Editing` keeps all but text out. */
export function editable(): 'plaintext-only' | true {
  const probe = document.createElement('div');
  try {
    probe.contentEditable = 'plaintext-only';
  } catch {
    return true;
  }
  return probe.contentEditable === 'plaintext-only' ? 'plaintext-only' : true;
}

function chip(tag: UserMessageTagContent): HTMLElement {
  const span = document.createElement('span');
  span.className = 'tag';
  span.setAttribute('part', 'tag');
  span.contentEditable = 'false';
  span.textContent = tag.text;
  tags.set(span, tag);
  return span;
}

/** A caret after a last line break or a last tag needs something to stand before. */
export function closeLine(field: HTMLElement, content: Content): void {
  const last = content.at(-1);
  const needed = last !== undefined && (last.type === 'input_tag' || last.text.endsWith('\n'));
  const closing = field.lastChild instanceof HTMLBRElement ? field.lastChild : null;
  if (needed && closing === null) field.append(document.createElement('br'));
  // What a browser leaves behind in an empty field would hide the placeholder.
  if (last === undefined && field.hasChildNodes()) field.replaceChildren();
}

export function read(field: HTMLElement): Content {
  return merged([...field.childNodes].map((node, at) => {
    const tag = tags.get(node);
    if (tag !== undefined) return tag;
    if (node instanceof HTMLBRElement) return { type: 'input_text', text: at === field.childNodes.length - 1 ? '' : '\n' };
    return { type: 'input_text', text: node.textContent ?? '' };
  }));
}

function lengthOf(node: Node): number {
  if (tags.has(node)) return 1;
  return node instanceof HTMLBRElement ? 1 : (node.textContent ?? '').length;
}

/** Start and end of the selection in the field; null when it is elsewhere. */
export function caretIn(field: HTMLElement): { start: number; end: number } | null {
  const selected = selectedIn(field.getRootNode());
  if (selected === null || !field.contains(selected.startContainer) || !field.contains(selected.endContainer)) return null;
  return {
    start: offsetOf(field, selected.startContainer, selected.startOffset),
    end: offsetOf(field, selected.endContainer, selected.endOffset),
  };
}

function offsetOf(field: HTMLElement, container: Node, offset: number): number {
  let length = 0;
  for (const [at, node] of [...field.childNodes].entries()) {
    if (container === field && at >= offset) break;
    if (container !== field && node.contains(container)) return length + (tags.has(node) ? 1 : offset);
    length += lengthOf(node);
  }
  return length;
}

export function setCaret(field: HTMLElement, offset: number): void {
  let left = offset;
  let target: [Node, number] = [field, field.childNodes.length];
  for (const [at, node] of [...field.childNodes].entries()) {
    const length = lengthOf(node);
    if (left <= length && node instanceof Text) {
      target = [node, left];
      break;
    }
    if (left < length || left === 0) {
      target = [field, at];
      break;
    }
    left -= length;
  }
  document.getSelection()?.setBaseAndExtent(...target, ...target);
}
