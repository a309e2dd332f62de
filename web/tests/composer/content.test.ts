import { describe, expect, test } from 'vitest';
import { contentLength, lineOf, splice, tagOf, triggerAt, type Content } from '../../src/composer/content';
import { read, setCaret, caretIn, show } from '../../src/composer/field';
import { loudness, recordingType, toBase64 } from '../../src/composer/recorder';
import { grouped } from '../../src/composer/suggesting';

const ada = tagOf({ id: 'e1', title: 'Ada', group: 'People', interactive: true });
const text = (value: string): Content => [{ type: 'input_text', text: value }];
const content: Content = [...text('Ask '), ada, ...text(' now')];
const all = { mentions: true, commands: true };

describe('triggers', () => {
  test.each([
    ['@', '@', '', 0],
    ['Hello @Ha', '@', 'Ha', 6],
    ['@Harry Po', '@', 'Harry Po', 0],
    ['(@a', '@', 'a', 1],
    ['/', '/', '', 0],
    ['Now /sum', '/', 'sum', 4],
    ['line\n/x', '/', 'x', 5],
    ['你好@张', '@', '张', 2],
    ['你好，@张三', '@', '张三', 3],
    ['＠', '@', '', 0],
    ['请问＠李', '@', '李', 2],
    ['「@李', '@', '李', 1],
    ['こんにちは@田', '@', '田', 5],
    ['안녕@김', '@', '김', 2],
    ['สวัสดี@ก', '@', 'ก', 6],
    ['“@Ada', '@', 'Ada', 1],
    ['／总结', '/', '总结', 0],
  ])('%j opens %s for %j', (line, kind, query, start) => {
    expect(triggerAt(text(line), line.length, all)).toEqual({ kind, query, start, end: line.length });
  });

  test.each(['ada@example.com', 'ada＠example.com', '你好ada@example.com', '价格/数量', 'a/b', '@ ', 'and/or', '//', 'https://x', 'plain', '@a\nb', '/two words'])('%j opens nothing', (line) => {
    expect(triggerAt(text(line), line.length, all)).toBeNull();
  });

  test('only what is offered, only before the caret, also right after a tag', () => {
    expect(triggerAt(text('@a'), 2, { mentions: false, commands: true })).toBeNull();
    expect(triggerAt(text('/a'), 2, { mentions: true, commands: false })).toBeNull();
    expect(triggerAt(text('@a b'), 1, all)?.query).toBe('');
    expect(triggerAt([ada, ...text('@b')], 3, all)).toMatchObject({ query: 'b', start: 1 });
  });
});

describe('content as a line', () => {
  test('a tag counts as one character', () => {
    expect([contentLength(content), lineOf(content)]).toEqual([9, 'Ask \uFFFC now']);
  });

  test.each([
    [4, 5, [], text('Ask  now')],
    [4, 4, text('me and '), [...text('Ask me and '), ada, ...text(' now')]],
    [0, 9, [ada], [ada]],
    [2, 7, text('!'), text('As!ow')],
    [9, 9, text('!'), [...text('Ask '), ada, ...text(' now!')]],
  ])('between %i and %i', (start, end, inserted, expected) => {
    expect(splice(content, start, end, inserted)).toEqual(expected);
  });
});

describe('the field', () => {
  test.each([[content], [text('a\nb\n')], [[ada]], [[]], [[ada, ada]]])('shows and reads the same: %j', (given) => {
    const field = document.createElement('div');
    show(field, given);
    expect(read(field)).toEqual(given);
  });

  test('an empty field has no nodes, so that its placeholder shows', () => {
    const field = document.createElement('div');
    show(field, [ada]);
    show(field, []);
    expect(field.childNodes.length).toBe(0);
  });

  test('the caret is where it was put', () => {
    const field = document.body.appendChild(document.createElement('div'));
    show(field, content);
    for (const at of [0, 3, 4, 5, 9]) {
      setCaret(field, at);
      expect(caretIn(field)).toEqual({ start: at, end: at });
    }
    field.remove();
  });
});

test('suggestions of a group stand together, those without one first', () => {
  const make = (id: string, group?: string): Parameters<typeof grouped>[0][number] => ({ id, title: id, group, choose: () => undefined });
  expect(grouped([make('a', 'B'), make('b', 'A'), make('c'), make('d', 'B')]).map(({ id }) => id).join('')).toBe('cadb');
});

describe('recordings', () => {
  test.each([
    [['audio/webm;codecs=opus', 'audio/mp4'], 'audio/webm;codecs=opus'],
    [['audio/mp4', 'audio/ogg;codecs=opus'], 'audio/mp4'],
    [['audio/ogg;codecs=opus'], 'audio/ogg;codecs=opus'],
    [[], ''],
  ])('a browser that writes %j records %j', (types, expected) => {
    expect(recordingType((type) => types.some((each) => each === type))).toBe(expected);
  });

  test('silence is 0, the loudest is 1', () => {
    expect([loudness(new Uint8Array([128, 128])), loudness(new Uint8Array([0, 255])), loudness(new Uint8Array())]).toEqual([0, 1, 0]);
    expect(loudness(new Uint8Array([136, 120]))).toBeCloseTo(0.25);
  });

  test('travel as base64, however long', async () => {
    const bytes = Uint8Array.from({ length: 70000 }, (_, at) => at % 256);
    const decoded = Uint8Array.from(atob(await toBase64(new Blob([bytes]))), (char) => char.charCodeAt(0));
    expect(decoded).toEqual(bytes);
  });
});
