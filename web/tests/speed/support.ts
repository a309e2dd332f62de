/** What the counts are taken of. Counts, never times: they are the same on every machine. */
import { options } from 'preact';
import { random } from '../markdown/support';

const words = 'time year people way day thing world life hand part place work week case point number group problem fact water house river garden letter'.split(' ');

/** Markdown of about `size` characters with every common kind of block. */
export function longAnswer(size: number): string {
  const next = random(1);
  const word = (): string => words[Math.floor(next() * words.length)] ?? '';
  const sentence = (count: number): string => `${Array.from({ length: count }, (_, at) => (at % 6 === 4 ? `**${word()}**` : word())).join(' ')}.`;
  const paragraph = (): string => Array.from({ length: 4 }, () => sentence(12)).join(' ');
  const lines = (count: number, line: (at: number) => string): string => Array.from({ length: count }, (_, at) => line(at)).join('\n');
  let text = '';
  while (text.length < size) {
    text += `## ${word()} ${word()}\n\n${paragraph()}\n\n${lines(5, () => `- ${sentence(8)}`)}\n\n${paragraph()} [More](https://example.org/page).\n\n`;
    text += `| Name | Remark |\n| --- | --- |\n${lines(4, () => `| ${word()} | ${sentence(4)} |`)}\n\n\`\`\`python\n${lines(6, () => `${word()} = ${word()}()`)}\n\`\`\`\n\n`;
  }
  return text;
}

/** The text in pieces of nearly the same length. */
export function pieces(text: string, count: number): string[] {
  const cut = (at: number): number => Math.round((at * text.length) / count);
  return Array.from({ length: count }, (_, at) => text.slice(cut(at), cut(at + 1)));
}

type RenderHook = (vnode: { type: unknown }) => void;
/** Called before a component renders; the name is what Preact's own build makes of `_render`. */
const hooks = options as unknown as { __r?: RenderHook };

/** Counts renders by component while `run` runs. */
export async function rendersOf(run: () => Promise<void>): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const before = hooks.__r;
  hooks.__r = (vnode) => {
    before?.(vnode);
    if (typeof vnode.type === 'function') counts.set(vnode.type.name, (counts.get(vnode.type.name) ?? 0) + 1);
  };
  try {
    await run();
  } finally {
    if (before === undefined) delete hooks.__r;
    else hooks.__r = before;
  }
  return counts;
}

export function sum(counts: Iterable<number>): number {
  return [...counts].reduce((total, each) => total + each, 0);
}
