import { describe, expect, test } from 'vitest';
import { readEvents, SseParser } from '../src/core/sse';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The data of all events when `text` arrives in pieces of the given sizes. */
function parse(text: string, ...cuts: number[]): string[] {
  const all = bytes(text);
  const parser = new SseParser();
  const found: string[] = [];
  let from = 0;
  for (const cut of [...cuts, all.length]) {
    for (const event of parser.push(all.slice(from, cut))) found.push(event.data);
    from = cut;
  }
  return found;
}

const streams: Record<string, [text: string, data: string[]]> = {
  'line feeds': ['data: a\n\ndata: b\n\n', ['a', 'b']],
  'carriage returns': ['data: a\r\rdata: b\r\r', ['a', 'b']],
  'both': ['data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
  'mixed line ends': ['data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\r', ['a\nb\nc', 'd']],
  'several data lines': ['data: one\ndata: two\ndata\ndata: four\n\n', ['one\ntwo\n\nfour']],
  'no space, one space, two spaces': ['data:x\n\ndata: x\n\ndata:  x\n\n', ['x', 'x', ' x']],
  'a byte order mark at the start': ['\ufeffdata: a\n\n', ['a']],
  'a byte order mark elsewhere': ['data: \ufeffa\n\n', ['\ufeffa']],
  'comments': [':\n: ping\n\ndata: a\n: ping\ndata: b\n\n:\n\n', ['a\nb']],
  'other fields': ['event: x\nid: 7\nretry: 10\nfoo: bar\nfoo\ndata: a\n\n', ['a']],
  'frames without data': ['event: x\n\nid: 1\n\ndata: a\n\n', ['a']],
  'an empty data line': ['data\n\ndata:\n\n', ['', '']],
  'characters of every width': ['data: aé漢👩‍🚀\n\ndata: \u2028\u0085\n\n', ['aé漢👩‍🚀', '\u2028\u0085']],
  'a colon in the value': ['data: {"a": "b:c"}\n\n', ['{"a": "b:c"}']],
  'an unfinished last event': ['data: a\n\ndata: b\n', ['a']],
  'an unfinished last line': ['data: a\n\ndata: b', ['a']],
  'nothing': ['', []],
};

describe.each(Object.entries(streams))('%s', (_name, [text, data]) => {
  const length = bytes(text).length;

  test('at once', () => {
    expect(parse(text)).toEqual(data);
  });

  test('byte by byte', () => {
    expect(parse(text, ...Array.from({ length }, (_unused, at) => at))).toEqual(data);
  });

  test('cut at each byte boundary', () => {
    for (let cut = 0; cut <= length; cut += 1) expect(parse(text, cut)).toEqual(data);
  });

  test('cut at each pair of byte boundaries', () => {
    for (let first = 0; first <= length; first += 1) {
      for (let second = first; second <= length; second += 1) expect(parse(text, first, second)).toEqual(data);
    }
  });
});

describe('fields', () => {
  test('an id lasts, the others are passed over', () => {
    const parser = new SseParser();
    expect(parser.push(bytes('event: e\nretry: 3000\nid: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n'))).toEqual([
      { data: 'a', id: '1' },
      { data: 'b', id: '1' },
      { data: 'c', id: '' },
    ]);
  });

  test('an id with a null character is ignored', () => {
    const parser = new SseParser();
    expect(parser.push(bytes('id: 1\nid: 2\0\ndata: a\n\n'))[0]?.id).toBe('1');
  });
});

describe('a response body', () => {
  function body(...chunks: string[]): { stream: ReadableStream<Uint8Array>; cancelled: () => boolean } {
    let cancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk !== undefined) controller.enqueue(bytes(chunk));
        else controller.close();
      },
      cancel() {
        cancelled = true;
      },
    });
    return { stream, cancelled: () => cancelled };
  }

  test('is read to its end', async () => {
    const found: string[] = [];
    for await (const event of readEvents(body('data: a\n\nda', 'ta: b\n\n').stream)) found.push(event.data);
    expect(found).toEqual(['a', 'b']);
  });

  test('is cancelled when the reader stops early', async () => {
    const { stream, cancelled } = body('data: a\n\n', 'data: b\n\n', 'data: c\n\n');
    for await (const event of readEvents(stream)) if (event.data === 'a') break;
    await Promise.resolve();
    expect(cancelled()).toBe(true);
  });
});
