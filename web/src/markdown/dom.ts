/** Markdown tokens become DOM nodes. One handler per token type; what has no handler becomes text. */
import { createIcon } from '../icons/svg';
import { format, type Messages } from '../locales';
import { splitMarkers, stripMarkers, type AnnotationMark } from './annotations';
import { codeBlock, languageOf } from './code';
import { directionOf, tableDirection } from './direction';
import type { FootnoteMeta } from './footnotes';
import { linkTarget } from './links';
import { formula } from './math';
import { KEEP } from './morph';
import { imageOf, wordsOf, type PictureRule } from './pictures';
import { unescapeInfo, type TaskMeta, type Token } from './parser';

export interface RenderContext {
  /** what becomes of a picture with this address */
  pictureRule(url: string): PictureRule;
  messages: Messages;
  /** heading level of `#`, 1 to 6 */
  headingLevel: number;
  /** annotations by the number of their marker */
  marks: readonly AnnotationMark[];
}

/** How deep nodes may lie in one another: browsers lay them out one inside the other, until the stack ends. */
const DEEPEST = 120;

type Handler = (builder: Builder, token: Token) => void;

/** Builds nodes for a flat token list: `open` and `close` keep a stack of parents. */
class Builder {
  readonly root = document.createDocumentFragment();
  private parents: Node[] = [this.root];

  constructor(readonly context: RenderContext) {}

  get parent(): Node {
    return this.parents[this.parents.length - 1] ?? this.root;
  }

  add(node: Node): void {
    this.parent.appendChild(node);
  }

  open(node: Node, inside: Node = node): void {
    if (this.parents.length < DEEPEST) this.add(node);
    else inside = this.parent;
    this.parents.push(inside);
  }

  close(): void {
    if (this.parents.length > 1) this.parents.pop();
  }

  /** Text with annotation markers: the markers become their nodes. */
  text(text: string): void {
    for (const part of text.includes('\uFFFC') ? splitMarkers(text) : [text]) {
      if (typeof part === 'number') this.annotation(part);
      else this.appendText(part);
    }
  }

  private appendText(text: string): void {
    const last = this.parent.lastChild;
    if (last instanceof Text) last.appendData(text);
    else if (text) this.add(document.createTextNode(text));
  }

  private annotation(number: number): void {
    const mark = this.context.marks[number];
    if (!mark) return;
    const holder = document.createElement('span');
    holder.className = 'ck-annotation';
    holder.setAttribute(KEEP, mark.key);
    holder.append(mark.render());
    this.add(holder);
  }

  run(tokens: readonly Token[]): void {
    for (const token of tokens) {
      const handler = Object.hasOwn(HANDLERS, token.type) ? HANDLERS[token.type] : undefined;
      if (handler) handler(this, token);
      else if (token.nesting === 1) this.open(document.createElement('span'));
      else if (token.nesting === -1) this.close();
      else this.text(token.content);
    }
  }
}

function attribute(token: Token, name: string): string {
  return stripMarkers(String(token.attrGet(name) ?? ''));
}

/** A plain element without attributes. */
function opens(tag: string): Handler {
  return (builder, token) => {
    if (token.hidden) return;
    const node = document.createElement(tag);
    // Each block finds its own direction, so that Arabic and English may alternate in one answer.
    if (token.block) node.dir = 'auto';
    builder.open(node);
  };
}

const closes: Handler = (builder, token) => {
  if (!token.hidden) builder.close();
};

function heading(builder: Builder, token: Token): void {
  const level = Number(token.tag.slice(1));
  const node = document.createElement(`h${Math.min(6, builder.context.headingLevel - 1 + level)}`);
  node.className = `ck-md-h ck-md-h${level}`;
  node.dir = 'auto';
  builder.open(node);
}

function orderedList(builder: Builder, token: Token): void {
  const list = document.createElement('ol');
  const start = token.attrGet('start');
  if (start !== null) list.setAttribute('start', String(start));
  list.dir = 'auto';
  builder.open(list);
}

function closeList(builder: Builder): void {
  const direction = builder.parent instanceof HTMLElement ? directionOf(builder.parent) : null;
  if (direction && builder.parent instanceof HTMLElement) builder.parent.dir = direction;
  builder.close();
}

function closeTable(builder: Builder): void {
  const frame = builder.parent.parentElement;
  const direction = frame && tableDirection(frame);
  if (direction) frame.dir = direction;
  builder.close();
}

function listItem(builder: Builder, token: Token): void {
  const item = document.createElement('li');
  const task = token.meta as Partial<TaskMeta> | null;
  builder.open(item);
  if (task?.checked === undefined) return;
  item.className = 'ck-task';
  const box = document.createElement('span');
  const { taskDone, taskOpen } = builder.context.messages.widgets;
  box.className = task.checked ? 'ck-task-box ck-task-done' : 'ck-task-box';
  box.setAttribute('role', 'img');
  box.setAttribute('aria-label', task.checked ? taskDone : taskOpen);
  if (task.checked) box.append(createIcon('check'));
  builder.add(box);
}

function table(builder: Builder): void {
  const frame = document.createElement('div');
  frame.className = 'ck-table';
  frame.tabIndex = 0; // it scrolls, so it must be reachable by keyboard
  frame.setAttribute('role', 'group');
  frame.setAttribute('aria-label', builder.context.messages.widgets.table);
  const node = document.createElement('table');
  frame.append(node);
  builder.open(frame, node);
}

function cell(tag: 'th' | 'td'): Handler {
  return (builder, token) => {
    const node = document.createElement(tag);
    const align = /text-align:\s*(left|center|right)/.exec(attribute(token, 'style'))?.[1];
    if (align) node.dataset['align'] = align;
    if (tag === 'th') node.scope = 'col';
    node.dir = 'auto';
    builder.open(node);
  };
}

function link(builder: Builder, token: Token): void {
  const address = attribute(token, 'href');
  const title = attribute(token, 'title');
  const target = linkTarget(address);
  if (target.kind === 'none') {
    builder.open(document.createElement('span'));
    return;
  }
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.rel = 'noopener noreferrer';
  if (target.kind === 'deep') anchor.className = 'ck-deep-link';
  else anchor.target = '_blank';
  if (title) anchor.title = title;
  builder.open(anchor);
}

/** The text of an image's description, which may itself be Markdown. */
function plainText(tokens: readonly Token[] | null): string {
  return (tokens ?? []).map((token) => {
    if (token.type === 'softbreak' || token.type === 'hardbreak') return '\n';
    return token.children ? plainText(token.children) : stripMarkers(token.content);
  }).join('');
}

function image(builder: Builder, token: Token): void {
  const { context } = builder;
  const picture = { address: attribute(token, 'src'), alt: plainText(token.children), title: attribute(token, 'title') };
  const rule = context.pictureRule(picture.address);
  const linked = builder.parent instanceof Element && builder.parent.closest('a') !== null;
  builder.add(rule === 'load' ? imageOf(picture) : wordsOf(picture, rule, context.messages, linked));
}

function code(builder: Builder, token: Token): void {
  const language = token.type === 'fence' ? languageOf(unescapeInfo(stripMarkers(token.info))) : '';
  builder.add(codeBlock(stripMarkers(token.content), language, builder.context.messages));
}

function inlineCode(builder: Builder, token: Token): void {
  const node = document.createElement('code');
  node.textContent = stripMarkers(token.content);
  node.dir = 'ltr';
  builder.add(node);
}

function labelOf(token: Token): string {
  return stripMarkers((token.meta as Partial<FootnoteMeta> | null)?.label ?? '');
}

function footnote(builder: Builder, token: Token): void {
  const note = document.createElement('div');
  note.className = 'ck-footnote';
  note.setAttribute('role', 'note');
  note.tabIndex = -1;
  note.dataset['label'] = labelOf(token);
  const number = document.createElement('span');
  number.className = 'ck-footnote-label';
  number.textContent = labelOf(token);
  const body = document.createElement('div');
  note.append(number, body);
  builder.open(note, body);
}

function footnoteUse(builder: Builder, token: Token): void {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'ck-footnote-ref';
  button.dataset['label'] = labelOf(token);
  button.textContent = labelOf(token);
  button.setAttribute('aria-label', format(builder.context.messages.widgets.footnote, { label: labelOf(token) }));
  builder.add(button);
}

function math(builder: Builder, token: Token): void {
  const node = formula(stripMarkers(token.content), token.meta);
  if (!token.block) {
    builder.add(node);
    return;
  }
  const paragraph = document.createElement('p');
  paragraph.append(node);
  builder.add(paragraph);
}

const HANDLERS: Readonly<Record<string, Handler>> = {
  paragraph_open: opens('p'),
  paragraph_close: closes,
  heading_open: heading,
  heading_close: closes,
  blockquote_open: opens('blockquote'),
  blockquote_close: closes,
  bullet_list_open: opens('ul'),
  bullet_list_close: closeList,
  ordered_list_open: orderedList,
  ordered_list_close: closeList,
  list_item_open: listItem,
  list_item_close: closes,
  table_open: table,
  table_close: closeTable,
  thead_open: opens('thead'),
  thead_close: closes,
  tbody_open: opens('tbody'),
  tbody_close: closes,
  tr_open: opens('tr'),
  tr_close: closes,
  th_open: cell('th'),
  th_close: closes,
  td_open: cell('td'),
  td_close: closes,
  em_open: opens('em'),
  em_close: closes,
  strong_open: opens('strong'),
  strong_close: closes,
  s_open: opens('s'),
  s_close: closes,
  link_open: link,
  link_close: closes,
  inline: (builder, token) => builder.run(token.children ?? []),
  image,
  fence: code,
  code_block: code,
  code_inline: inlineCode,
  footnote_open: footnote,
  footnote_close: closes,
  footnote_ref: footnoteUse,
  math,
  math_block: math,
  hr: (builder) => builder.add(document.createElement('hr')),
  hardbreak: (builder) => builder.add(document.createElement('br')),
  softbreak: (builder) => builder.text('\n'),
};

/** Builds the nodes of one top-level block. */
export function buildBlock(tokens: readonly Token[], context: RenderContext): ChildNode[] {
  const builder = new Builder(context);
  builder.run(tokens);
  return [...builder.root.childNodes];
}
