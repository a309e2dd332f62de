/** What stands in a rich text field, as a line of characters in which each tag counts as one. Pure. */
import type { UserMessageContent, UserMessageTagContent } from '../core/protocol.generated';
import { WIDE } from '../ui/scripts';

export type Content = readonly UserMessageContent[];

/** Stands for a tag in the text of a line. */
const tagMark = '\uFFFC';

const lengthOf = (part: UserMessageContent): number => (part.type === 'input_text' ? part.text.length : 1);

export function contentLength(content: Content): number {
  return content.reduce((length, part) => length + lengthOf(part), 0);
}

export function lineOf(content: Content): string {
  return content.map((part) => (part.type === 'input_text' ? part.text : tagMark)).join('');
}

/** Neighbouring texts become one, empty ones go. */
export function merged(content: Content): UserMessageContent[] {
  const result: UserMessageContent[] = [];
  for (const part of content) {
    const last = result.at(-1);
    if (part.type === 'input_text' && part.text === '') continue;
    if (part.type === 'input_text' && last?.type === 'input_text') result[result.length - 1] = { ...last, text: last.text + part.text };
    else result.push(part);
  }
  return result;
}

function slice(content: Content, start: number, end: number): UserMessageContent[] {
  const result: UserMessageContent[] = [];
  let at = 0;
  for (const part of content) {
    const from = Math.max(0, start - at);
    const to = Math.min(lengthOf(part), end - at);
    if (from < to) result.push(part.type === 'input_text' ? { ...part, text: part.text.slice(from, to) } : part);
    at += lengthOf(part);
  }
  return result;
}

/** The content with `inserted` in place of what is between `start` and `end`. */
export function splice(content: Content, start: number, end: number, inserted: Content): UserMessageContent[] {
  return merged([...slice(content, 0, start), ...inserted, ...slice(content, end, Infinity)]);
}

export interface Trigger {
  readonly kind: '@' | '/';
  readonly query: string;
  /** Where the sign stands. */
  readonly start: number;
  readonly end: number;
}

// A name may have spaces, a command may not. Neither begins inside a word: addresses and paths are no triggers.
// Where no spaces stand between words, a sign may follow any letter; input methods for such scripts type it in full width.
const mention = new RegExp(String.raw`(?:^|[\s([{"'“‘«\uFFFC${WIDE}])[@＠]((?:[^\s@＠\uFFFC][^\n@＠\uFFFC]{0,40})?)$`, 'u');
const command = /(?:^|\s|\uFFFC)[/／]([^\s/／\uFFFC]{0,40})$/;

/** The mention or command that is being typed right before the caret. */
export function triggerAt(content: Content, caret: number, offered: { mentions: boolean; commands: boolean }): Trigger | null {
  const before = lineOf(content).slice(0, caret);
  const slash = offered.commands ? command.exec(before)?.[1] : undefined;
  if (slash !== undefined) return { kind: '/', query: slash, start: caret - slash.length - 1, end: caret };
  const at = offered.mentions ? mention.exec(before)?.[1] : undefined;
  return at === undefined ? null : { kind: '@', query: at, start: caret - at.length - 1, end: caret };
}

export function tagOf(entity: { id: string; title: string; group?: string; data?: Record<string, string>; interactive?: boolean }): UserMessageTagContent {
  const { id, title, group, data = {}, interactive } = entity;
  return { type: 'input_tag', id, text: title, data, ...(group === undefined ? {} : { group }), ...(interactive === undefined ? {} : { interactive }) };
}
