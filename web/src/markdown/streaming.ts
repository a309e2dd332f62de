/**
 * Markdown that grows: complete blocks are built once and never touched again, only the open end is parsed anew.
 *
 * A block is complete when a further block follows it in whole lines: nothing that arrives later can change it. Of a block that is
 * long the finished beginning is not touched either (growth.ts). Link reference definitions found so far are carried forward; when
 * one comes after its use, that block is built again. The open end is repaired (repair.ts), built, and merged into the live nodes
 * (morph.ts), so selections survive. What one task takes is limited (parts.ts): longer texts come on show in parts.
 */
import type { ReadonlySignal } from '@preact/signals';
import type { Messages } from '../locales';
import { insertMarkers, type AnnotationMark } from './annotations';
import { appended, cleaned } from './clean';
import { copyCode } from './code';
import { buildBlock, type RenderContext } from './dom';
import { missesEntities, whenEntitiesArrive } from './entities';
import { showFootnote } from './footnotes';
import { findBeginning, Growth, lineStarts, type Beginning } from './growth';
import { highlightLater } from './highlight';
import { linkTarget } from './links';
import { drawFormulas } from './math';
import { morphChildren } from './morph';
import { normalizeReference, parse, parseStructure, topLevelBlocks, type ParseEnv, type Token } from './parser';
import { partEnd } from './parts';
import { drawPictures, type PictureRule } from './pictures';
import { repairBlocks } from './repair';

export interface MarkdownOptions {
  /** whether an image may be loaded from this address */
  allowImage(url: string): boolean;
  /** finer rules for pictures, in place of `allowImage` */
  pictureRule?: ((url: string) => PictureRule) | undefined;
  /** a `chatkit-link://NAME?k=v` link was followed */
  onDeepLink?(name: string, data: Record<string, string>): void;
  messages: Messages;
  /** heading level of `#`, so that answers fit into the page's outline; 1 by default */
  headingLevel?: number;
  /** draws Mermaid code blocks that are complete, in these colours; without it they stay code */
  diagrams?: ReadonlySignal<'light' | 'dark'> | undefined;
}

/** A committed block: its source goes from `start` to `end`, exclusive, in UTF-16 units. */
interface Block {
  start: number;
  end: number;
  /** what it is parsed behind, as the continuation of a long block */
  head: string;
  nodes: ChildNode[];
  /** what stands in brackets in it: definitions of these may still come */
  names: ReadonlySet<string> | null;
}

/** The tokens of a block, and where its source ends in the text. */
interface Parsed {
  tokens: Token[];
  end: number;
}

/** A stretch of the text that begins at `start`, behind the `head` of the block that grows, if one does. */
interface Stretch {
  head: string;
  rest: string;
  start: number;
}

/**
 * The least time between two updates. Every one costs a layout and a paint besides its own work, and nobody reads faster.
 * Text that comes faster than `FAST` characters a second is drawn less often, in longer pieces.
 */
const PACE_MS = 33;
const FAST = 1200;
const SLOWEST_PACE_MS = 66;
/** Updates that take long are that many times as far apart: people type and scroll meanwhile. */
const SHARE = 4;

/** Rows, items or lines after which a block goes on as another: browsers lay out a block as a whole, over and over while it grows. */
const LONG = 1000;

export class StreamingMarkdown {
  private text = '';
  private done = false;
  private committed: Block[] = [];
  private references: ParseEnv['references'] = {};
  private openNodes: ChildNode[] = [];
  private marks: readonly AnnotationMark[] = [];
  private growth: Growth | null = null;
  /** what the next block is parsed behind, as the continuation of a long one */
  private head = '';
  /** where the complete lines ended that were examined last: no new line, nothing new to find */
  private examined = 0;
  /** how much of the text has been taken: more than one task may take is left for the next */
  private taken = 0;
  private dirty = false;
  private stopWaiting: (() => void) | undefined;
  private readonly stopDrawing: (() => void)[] = [];
  private destroyed = false;
  /** time of the last update, and how much text there was */
  private drawn = { time: -Infinity, length: 0 };
  private pace = PACE_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly context: RenderContext;

  /** Owns the children of `container`. */
  constructor(private readonly container: HTMLElement, private readonly options: MarkdownOptions) {
    this.context = {
      pictureRule: (url) => options.pictureRule?.(url) ?? (options.allowImage(url) ? 'load' : 'link'),
      messages: options.messages,
      headingLevel: options.headingLevel ?? 1,
      marks: [],
    };
    container.replaceChildren();
    container.classList.add('ck-md');
    container.addEventListener('click', this.onClick);
  }

  append(text: string): void {
    if (text === '') return;
    this.goOn();
    this.text = appended(this.text, text);
    this.schedule();
  }

  /** Replaces the text; blocks that stay the same keep their nodes. */
  set(text: string): void {
    const next = cleaned(text);
    if (next === this.text) return;
    if (next.startsWith(this.text)) this.goOn();
    else this.keepUnchanged(next);
    this.text = next;
    this.done = false;
    this.schedule();
  }

  /**
   * Marks places with annotations, sorted or not. Blocks in which a mark changed are merged anew, all others are left
   * alone.
   */
  annotate(marks: readonly AnnotationMark[]): void {
    const next = [...marks].sort((a, b) => a.index - b.index);
    const same = next.length === this.marks.length && next.every((mark, at) => mark.key === this.marks[at]?.key && mark.index === this.marks[at].index);
    if (same) return;
    const first = Math.min(...changedIndexes(this.marks, next));
    this.marks = next;
    this.context.marks = next;
    // Everything from the block of the first change on is committed again; nodes stay, their text is merged.
    if (this.growth && first <= this.growth.end) this.growth = null;
    this.reopenFrom(this.committed.findIndex((block) => block.end >= first));
    this.schedule();
  }

  /** No more text comes: what is unfinished means what CommonMark says. */
  finish(): void {
    this.done = true;
    this.dirty = true;
    this.flush();
  }

  /** Brings the nodes up to date now. */
  flush(): void {
    this.cancel();
    if (!this.dirty) return;
    if (!missesEntities(() => this.update())) return;
    this.stopWaiting?.();
    this.stopWaiting = whenEntitiesArrive(() => {
      this.reopenFrom(0);
      this.flush();
    });
  }

  private update(): void {
    this.dirty = false;
    this.taken = partEnd(this.text, Math.max(this.taken, this.finishedEnd));
    const last = this.done && this.taken === this.text.length;
    const stretch: Stretch = { head: this.growth?.head ?? this.head, rest: this.text.slice(this.finishedEnd, this.taken), start: this.finishedEnd };
    const { length, beginning } = last ? { length: stretch.rest.length, beginning: null } : this.examine(stretch);
    const references = this.derived();
    const complete = length > 0 ? parseBlocks({ ...stretch, rest: stretch.rest.slice(0, length) }, this.marks, { references }) : [];
    const found = Object.keys(references);
    Object.assign(this.references, references);
    const remains = length > 0 ? { head: '', rest: stretch.rest.slice(length), start: stretch.start + length } : stretch;
    const open = last || remains.head + remains.rest === '' ? [] : this.parseOpen(remains);
    if (this.growth && (!this.growth.fits(complete[0] ?? open[0]) || this.uses(this.growth, found))) {
      this.buildAnew();
      return;
    }
    this.resolve(found);
    if (!this.merge(complete, open)) {
      this.buildAnew();
      return;
    }
    if (beginning) this.grow(stretch, beginning);
    if (/[$\\]/.test(remains.rest)) this.openNodes.forEach((node) => node instanceof Element && drawFormulas(node));
    if (this.isPartial) this.schedule();
  }

  destroy(): void {
    this.destroyed = true;
    this.cancel();
    this.stopWaiting?.();
    for (const stop of this.stopDrawing) stop();
    this.container.removeEventListener('click', this.onClick);
    this.container.replaceChildren();
    this.committed = [];
    this.openNodes = [];
  }

  private get committedEnd(): number {
    return this.committed[this.committed.length - 1]?.end ?? 0;
  }

  /** Where the part of the text ends that is not parsed again. */
  private get finishedEnd(): number {
    return this.growth?.end ?? this.committedEnd;
  }

  /** More than one task may take has arrived. */
  private get isPartial(): boolean {
    return this.taken < this.text.length;
  }

  /** The definitions found so far, to which others may be added without changing them. */
  private derived(): ParseEnv['references'] {
    return Object.create(this.references) as ParseEnv['references'];
  }

  /** The block that grows is built from its beginning. */
  private buildAnew(): void {
    this.growth = null;
    this.examined = 0;
    this.update();
  }

  /** Whether the finished part of the block that grows uses a definition that was found only now. */
  private uses({ end }: Growth, labels: readonly string[]): boolean {
    const names = labels.length > 0 ? namesIn(this.text.slice(this.committedEnd, end)) : null;
    return names !== null && labels.some((label) => names.has(label));
  }

  /** Link addresses are often listed at the end of an answer: the blocks that use them are built once more. */
  private resolve(labels: readonly string[]): void {
    const names = labels.filter((label) => !/^\^\d+$/.test(label)); // footnotes with numbers are known by their look
    if (names.length === 0) return;
    for (const block of this.committed) {
      if (!block.names || !names.some((name) => block.names?.has(name))) continue;
      const stretch = { head: block.head, rest: this.text.slice(block.start, block.end), start: block.start };
      const nodes = parseBlocks(stretch, this.marks, { references: this.derived() }).flatMap(({ tokens }) => buildBlock(tokens, this.context));
      block.nodes = morphChildren(this.container, block.nodes, nodes);
      block.nodes.forEach(this.finishNode);
    }
  }

  /** Text after `finish`: the last block was only complete because nothing seemed to follow. */
  private goOn(): void {
    if (!this.done) return;
    this.done = false;
    this.reopenFrom(this.committed.length - 1);
  }

  /**
   * How much of a stretch is made of blocks that are followed by another block in complete lines, or is too long to be parsed
   * again; else the finished beginning of its only block, as far as something is new.
   */
  private examine({ head, rest, start }: Stretch): { length: number; beginning: Beginning | null } {
    const whole = rest.slice(0, rest.lastIndexOf('\n') + 1);
    const lines = head + whole;
    let next: number | undefined;
    let beginning: Beginning | null = null;
    if (start + whole.length !== this.examined) {
      this.examined = start + whole.length;
      const blocks = topLevelBlocks(parseStructure(lines, { references: this.derived() }));
      const starts = lineStarts(lines);
      if (blocks.length > 1) next = starts[blocks[blocks.length - 1]?.[0]?.map?.[0] ?? 0];
      else if (blocks[0]) beginning = findBeginning(blocks[0], lines, starts);
    }
    if (next !== undefined) return { length: next - head.length, beginning: null };
    const part = beginning ? rest.length : partEnd(rest, 0);
    return part < rest.length ? { length: part, beginning: null } : { length: 0, beginning };
  }

  private parseOpen({ head, rest, start }: Stretch): Parsed[] {
    const repaired = repairBlocks(head + rest).slice(head.length);
    return parseBlocks({ head, rest: repaired, start }, this.marks, { references: this.derived(), open: true });
  }

  /** The finished beginning of the open block is parsed for the last time. */
  private grow({ head, rest, start }: Stretch, beginning: Beginning): void {
    const block = this.openNodes[0];
    // A definition in an item is known only while the item is parsed.
    if (!block || (beginning.list && rest.slice(0, beginning.length - head.length).includes(']:'))) return;
    this.growth ??= new Growth(block);
    if (this.growth.count < LONG || beginning.length <= head.length) this.growth.extend(beginning, start - head.length);
    else {
      const next = this.growth.cut();
      this.commit(this.growth.end, [block]);
      this.openNodes.shift();
      this.head = next;
      this.buildAnew();
    }
  }

  /** Puts the blocks on show; false when the block that grows has become another. */
  private merge(complete: readonly Parsed[], open: readonly Parsed[]): boolean {
    const built = [...complete, ...open].map(({ tokens }) => buildBlock(tokens, this.context));
    const { growth } = this;
    const grown = growth && growth.merge(built[0]?.[0]) ? [growth.block] : [];
    if (growth && grown.length === 0) return false;
    const nodes = built.slice(grown.length).flat();
    const old = this.openNodes.slice(grown.length);
    // What is not built anew yet stays on show.
    const kept = this.isPartial ? old.splice(nodes.length) : [];
    const live = [...grown, ...morphChildren(this.container, old, nodes)];
    let at = 0;
    complete.forEach(({ end }, index) => {
      const mine = live.slice(at, (at += built[index]?.length ?? 0));
      this.commit(end, mine);
    });
    this.openNodes = [...live.slice(at), ...kept];
    return true;
  }

  private commit(end: number, nodes: ChildNode[]): void {
    const start = this.committedEnd;
    this.committed.push({ start, end, head: this.head, nodes, names: namesIn(this.text.slice(start, end)) });
    this.growth = null;
    this.head = '';
    this.examined = 0;
    nodes.forEach(this.finishNode);
  }

  private readonly finishNode = (node: ChildNode): void => {
    if (!(node instanceof Element)) return;
    highlightCode(node);
    drawFormulas(node);
    drawPictures(node, this.options.messages);
    this.drawDiagrams(node);
  };

  private drawDiagrams(node: Element): void {
    const { diagrams, messages } = this.options;
    if (!diagrams || !node.querySelector('code.language-mermaid')) return;
    void import('../diagrams').then(({ drawDiagrams }) => {
      if (!this.destroyed) this.stopDrawing.push(drawDiagrams(node, diagrams, messages));
    }, () => undefined);
  }

  /** Gives up committed blocks that the new text changes. The block before the first change may have to grow: it goes too. */
  private keepUnchanged(next: string): void {
    let same = 0;
    while (same < next.length && next.charCodeAt(same) === this.text.charCodeAt(same)) same += 1;
    const kept = this.committed.filter((block) => block.end <= same).length;
    this.reopenFrom(Math.max(0, kept - 1));
    this.references = {};
    parseStructure(next.slice(0, this.committedEnd), { references: this.references });
  }

  private reopenFrom(index: number): void {
    this.dirty = true;
    if (index < 0) return;
    const given = this.committed.splice(index);
    this.head = given[0]?.head ?? this.head;
    this.growth = null;
    this.examined = 0;
    this.taken = this.committedEnd;
    this.openNodes = [...given.flatMap((block) => block.nodes), ...this.openNodes];
  }

  /** By a timer, not by animation frames: to ask for a frame in which nothing changes costs about as much as one that does. */
  private schedule(): void {
    this.dirty = true;
    this.timer ??= setTimeout(this.onTime, Math.max(0, this.drawn.time + this.pace - performance.now()));
  }

  private readonly onTime = (): void => {
    const { time, length } = this.drawn;
    this.drawn = { time: performance.now(), length: this.text.length };
    const rate = (this.text.length - length) / ((this.drawn.time - time) / 1000);
    this.flush();
    const spent = this.isPartial ? 0 : performance.now() - this.drawn.time;
    this.pace = Math.max(SHARE * spent, Math.min(SLOWEST_PACE_MS, PACE_MS * Math.max(1, rate / FAST)));
  };

  private cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private readonly onClick = (event: Event): void => {
    const target = event.target instanceof Element ? event.target : null;
    const copy = target?.closest('.ck-code-copy');
    if (copy) {
      void copyCode(copy, this.options.messages);
      return;
    }
    const note = target?.closest<HTMLElement>('.ck-footnote-ref');
    if (note) {
      showFootnote(this.container, note.dataset['label'] ?? '');
      return;
    }
    const anchor = target?.closest('a.ck-deep-link');
    const found = linkTarget(anchor?.getAttribute('href') ?? '');
    if (!anchor || found.kind !== 'deep') return;
    event.preventDefault();
    this.options.onDeepLink?.(found.link.name, found.link.data);
  };
}

function highlightCode(node: Element): void {
  const blocks = node.matches('.ck-code') ? [node] : node.querySelectorAll('.ck-code');
  for (const block of blocks) highlightLater(block);
}

/** What stands in brackets in `source`, as definitions are named; null when nothing does. */
function namesIn(source: string): ReadonlySet<string> | null {
  if (!source.includes('[')) return null;
  return new Set(Array.from(source.matchAll(/\[((?:\\.|[^[\]\\])+)\]/gs), ([, name = '']) => normalizeReference(name)));
}

/** The blocks of a stretch; what belongs to none is part of the block before. */
function parseBlocks({ head, rest, start }: Stretch, marks: readonly AnnotationMark[], env: ParseEnv): Parsed[] {
  const starts = lineStarts(head + rest);
  const blocks = topLevelBlocks(parse(head + insertMarkers(rest, start, marks), env));
  return blocks.map((tokens, index) => {
    const next = blocks[index + 1]?.[0]?.map?.[0];
    const end = (next === undefined ? undefined : starts[next]) ?? head.length + rest.length;
    return { tokens, end: start - head.length + end };
  });
}

function changedIndexes(before: readonly AnnotationMark[], after: readonly AnnotationMark[]): number[] {
  const identity = (mark: AnnotationMark): string => `${mark.index} ${mark.key}`;
  const [old, now] = [new Set(before.map(identity)), new Set(after.map(identity))];
  return [...before.filter((mark) => !now.has(identity(mark))), ...after.filter((mark) => !old.has(identity(mark)))].map((mark) => mark.index);
}

/** Renders text that does not grow. Returns what owns the nodes, to be destroyed with them. */
export function renderMarkdown(container: HTMLElement, text: string, options: MarkdownOptions): StreamingMarkdown {
  const markdown = new StreamingMarkdown(container, options);
  markdown.set(text);
  markdown.finish();
  return markdown;
}
