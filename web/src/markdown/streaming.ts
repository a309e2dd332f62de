/**
 * Markdown that grows: complete blocks are built once and never touched again, only the open end is parsed anew.
 *
 * A block is complete when a further block follows it in whole lines: nothing that arrives later can change it. Link
 * reference definitions found so far are carried forward; one that comes after its use has that block built again. The
 * open end is repaired (repair.ts), built, and merged into the
 * live nodes (morph.ts), so selections survive.
 */
import type { ReadonlySignal } from '@preact/signals';
import type { Messages } from '../locales';
import { insertMarkers, withoutMarkers, type AnnotationMark } from './annotations';
import { copyCode } from './code';
import { buildBlock, type RenderContext } from './dom';
import { missesEntities, whenEntitiesArrive } from './entities';
import { showFootnote } from './footnotes';
import { highlightLater } from './highlight';
import { linkTarget } from './links';
import { drawFormulas } from './math';
import { morphChildren } from './morph';
import { drawPictures, type PictureRule } from './pictures';
import { parse, parseStructure, topLevelBlocks, type ParseEnv } from './parser';
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

/** A committed block: its source ends at `end`, exclusive, in UTF-16 units. */
interface Block {
  end: number;
  nodes: ChildNode[];
}

/**
 * The least time between two updates. Every one costs a layout and a paint besides its own work, and nobody reads faster.
 * Text that comes faster than `FAST` characters a second is drawn less often, in longer pieces.
 */
const PACE_MS = 33;
const FAST = 1200;
const SLOWEST_PACE_MS = 66;

export class StreamingMarkdown {
  private text = '';
  private done = false;
  private committed: Block[] = [];
  private references: ParseEnv['references'] = {};
  private openNodes: ChildNode[] = [];
  private marks: readonly AnnotationMark[] = [];
  /** length of the open source's complete lines when they were last examined: no new line, nothing new to find */
  private examined = 0;
  private dirty = false;
  private stopWaiting: (() => void) | undefined;
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
    this.text += withoutMarkers(text);
    this.schedule();
  }

  /** Replaces the text; blocks that stay the same keep their nodes. */
  set(text: string): void {
    const next = withoutMarkers(text);
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
    const start = this.committedEnd;
    const rest = this.text.slice(start);
    const end = this.done ? rest.length : this.completeLength(rest);
    const known = new Set(Object.keys(this.references));
    const fresh = end > 0 ? this.buildComplete(rest.slice(0, end), start) : [];
    const user = this.firstUser(Object.keys(this.references).filter((label) => !known.has(label)));
    if (user >= 0) {
      // Link addresses are often listed at the end of an answer: the blocks that use them are built once more.
      this.reopenFrom(user);
      this.update();
      return;
    }
    const open = this.done ? [] : this.buildOpen(rest.slice(end), start + end);
    this.merge(fresh, open);
  }

  destroy(): void {
    this.cancel();
    this.stopWaiting?.();
    this.container.removeEventListener('click', this.onClick);
    this.container.replaceChildren();
    this.committed = [];
    this.openNodes = [];
  }

  private get committedEnd(): number {
    return this.committed[this.committed.length - 1]?.end ?? 0;
  }

  /** The first committed block that uses one of `labels`, as far as can be told without parsing; -1 when none does. */
  private firstUser(labels: readonly string[]): number {
    if (labels.length === 0) return -1;
    let start = 0;
    return this.committed.findIndex(({ end }) => {
      const source = this.text.slice(start, end).toUpperCase().replace(/\s+/g, ' ');
      start = end;
      return labels.some((label) => source.includes(`[${label}]`));
    });
  }

  private env(open: boolean): ParseEnv {
    // A copy: definitions in the open end may still change.
    return { references: { ...this.references }, open };
  }

  /** Text after `finish`: the last block was only complete because nothing seemed to follow. */
  private goOn(): void {
    if (!this.done) return;
    this.done = false;
    this.reopenFrom(this.committed.length - 1);
  }

  /** How much of `rest` is made of blocks that are followed by another block in complete lines. */
  private completeLength(rest: string): number {
    const lines = rest.slice(0, rest.lastIndexOf('\n') + 1);
    if (lines.length === this.examined) return 0;
    this.examined = lines.length;
    const blocks = topLevelBlocks(parseStructure(lines, this.env(false)));
    const lastLine = blocks.length > 1 ? blocks[blocks.length - 1]?.[0]?.map?.[0] : undefined;
    return lastLine === undefined ? 0 : offsetOfLine(lines, lastLine);
  }

  private buildComplete(source: string, offset: number): Block[] {
    const env: ParseEnv = { references: this.references };
    const marked = insertMarkers(source, offset, this.marks);
    const blocks = topLevelBlocks(parse(marked, env));
    return blocks.map((tokens, index) => {
      const next = blocks[index + 1]?.[0]?.map?.[0];
      const end = next === undefined ? source.length : offsetOfLine(source, next);
      return { end: offset + end, nodes: buildBlock(tokens, this.context) };
    });
  }

  private buildOpen(source: string, offset: number): ChildNode[] {
    if (source === '') return [];
    const marked = insertMarkers(repairBlocks(source), offset, this.marks);
    return topLevelBlocks(parse(marked, this.env(true))).flatMap((tokens) => buildBlock(tokens, this.context));
  }

  private merge(fresh: Block[], open: ChildNode[]): void {
    const nodes = [...fresh.flatMap((block) => block.nodes), ...open];
    const live = morphChildren(this.container, this.openNodes, nodes);
    let at = 0;
    for (const block of fresh) {
      const mine = live.slice(at, at + block.nodes.length);
      at += mine.length;
      this.committed.push({ end: block.end, nodes: mine });
      this.examined = 0;
      for (const node of mine) {
        if (!(node instanceof Element)) continue;
        highlightCode(node);
        drawFormulas(node);
        drawPictures(node, this.options.messages);
        this.drawDiagrams(node);
      }
    }
    this.openNodes = live.slice(at);
  }

  private drawDiagrams(node: Element): void {
    const { diagrams, messages } = this.options;
    if (!diagrams || !node.querySelector('code.language-mermaid')) return;
    void import('../diagrams').then(({ drawDiagrams }) => drawDiagrams(node, diagrams, messages), () => undefined);
  }

  /** Gives up committed blocks that the new text changes. The block before the first change may have to grow: it goes too. */
  private keepUnchanged(next: string): void {
    let same = 0;
    while (same < next.length && next.charCodeAt(same) === this.text.charCodeAt(same)) same += 1;
    const kept = this.committed.filter((block) => block.end <= same).length;
    this.reopenFrom(Math.max(0, kept - 1));
    this.references = {};
    parse(next.slice(0, this.committedEnd), { references: this.references });
  }

  private reopenFrom(index: number): void {
    if (index < 0) {
      this.dirty = true;
      return;
    }
    const given = this.committed.splice(index);
    this.examined = 0;
    this.openNodes = [...given.flatMap((block) => block.nodes), ...this.openNodes];
    this.dirty = true;
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
    this.pace = Math.min(SLOWEST_PACE_MS, PACE_MS * Math.max(1, rate / FAST));
    this.flush();
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

/** The offset of the first character of a line, counted from 0. All three kinds of line ends count, as in CommonMark. */
function offsetOfLine(text: string, line: number): number {
  const ends = /\r\n|\n|\r/g;
  for (let count = 0; count < line; count += 1) {
    if (!ends.exec(text)) return text.length;
  }
  return ends.lastIndex;
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
