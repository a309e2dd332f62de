/** What came, in words: for who does not see it. */
import type { ThreadItem } from '../../core/protocol.generated';
import { isRecord } from '../../core/validate';
import { format } from '../../locales';
import type { Shell } from '../../state/context';
import { nameOf } from './others';

type Words = { readonly [T in ThreadItem['type']]?: (item: Extract<ThreadItem, { type: T }>, shell: Shell) => string };

const words: Words = {
  widget: ({ widget }, { messages }) => {
    const name = firstText(widget);
    const { came, cameBare } = messages.peek().widget;
    return name === '' ? cameBare : format(came, { name });
  },
  generated_image: ({ image }, { messages }) => messages.peek().image[image == null ? 'pending' : 'done'],
  tool_call: ({ name, status }, { messages }) => {
    const { pending, completed, failed } = messages.peek().tool;
    return format({ in_progress: pending, completed, failed }[status ?? 'in_progress'], { name: nameOf(name) });
  },
  // Whose focus is at the foot gets it with the question, which is read out then.
  structured_input: ({ inputs, status }, { composer }) => (composer.engaged || (status ?? 'pending') !== 'pending' ? '' : inputs[0]?.question ?? ''),
};

/** The words for an item that came; empty where its row says it by itself, or there is nothing to say. */
export function wordsFor(item: ThreadItem, shell: Shell): string {
  const wording = words[item.type] as ((item: ThreadItem, shell: Shell) => string) | undefined;
  return wording?.(item, shell) ?? '';
}

const longest = 120;

/** The first words in a widget: what it is about. */
function firstText(node: unknown): string {
  if (Array.isArray(node)) {
    for (const each of node) {
      const found = firstText(each);
      if (found !== '') return found;
    }
    return '';
  }
  if (!isRecord(node)) return '';
  if (/^(Title|Text|Markdown|Caption)$/.test(String(node.type)) && typeof node.value === 'string' && node.value.trim() !== '') {
    return node.value.trim().slice(0, longest);
  }
  return firstText(node.children);
}
