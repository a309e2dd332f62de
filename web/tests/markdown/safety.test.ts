import { describe, expect, it } from 'vitest';
import { random, render, stream } from './support';

const HOSTILE = [
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg/onload=alert(1)>', '<iframe src="javascript:alert(1)"></iframe>', '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))', '[x](JaVaScRiPt:alert(1))', '[x](java\nscript:alert(1))', '[x](&#106;avascript:alert(1))', '[x](javascript&colon;alert(1))', '[x](\u0001javascript:alert(1))',
  '[x](vbscript:msgbox(1))', '[x](data:text/html,<script>alert(1)</script>)', '[x](data:text/html;base64,PHNjcmlwdD4=)', '[x](file:///etc/passwd)', '[x](blob:https://a/b)',
  '<javascript:alert(1)>', '<data:text/html,x>', '![x](javascript:alert(1))', '![x](https://evil.example/pixel.png?d=secret)', '![x](data:image/svg+xml,<svg onload=alert(1)>)',
  '![<img src=x onerror=alert(1)>](https://a.example/b)', '[x](https://a.example "onmouseover=alert(1)")', '[x](https://a.example" onclick="alert(1))', '[a]: javascript:alert(1)\n\n[a]',
  '```"><script>alert(1)</script>\ncode\n```', '```html\n<script>alert(1)</script>\n```', '`<script>`', '| <img src=x onerror=alert(1)> |\n|---|\n| [x](javascript:1) |',
  '- [ ] <script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;', '&#60;script&#62;', '\\<script>', '<!-- --><script>alert(1)</script>', '<![CDATA[<script>]]>', '<?php ?>', '<style>*{}</style>',
  '<form action=//evil><input>', '<base href=//evil>', '<meta http-equiv=refresh content=0>', '<math><mi//xlink:href="data:x,<script>">', '[x](//evil.example)', '[\u202e](https://a.example)',
  '\uFFFC\uFDD1\uFFFC', 'x[^1] y[^"><img/src=x>]\n\n[^1]: <script>alert(1)</script> [x](javascript:1)\n[^"><img/src=x>]: y', '#'.repeat(5000), '['.repeat(3000), '*a '.repeat(2000), '>'.repeat(2000), '- '.repeat(1500), '`'.repeat(3001), '![['.repeat(800), '<'.repeat(3000), 'http://'.repeat(500), '|'.repeat(2000) + '\n' + '|-'.repeat(1000),
];

const ELEMENTS = new Set([
  'P', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'UL', 'OL', 'LI', 'BLOCKQUOTE', 'PRE', 'CODE', 'HR', 'BR', 'EM', 'STRONG', 'S', 'A', 'IMG', 'SPAN', 'DIV', 'TABLE', 'THEAD', 'TBODY', 'TR', 'TH', 'TD',
  'BUTTON', 'SVG', 'PATH',
]);
const ATTRIBUTES = new Set([
  'class', 'dir', 'href', 'rel', 'target', 'title', 'start', 'role', 'aria-label', 'aria-live', 'aria-hidden', 'tabindex', 'type', 'part', 'data-align', 'scope', 'src', 'alt', 'loading', 'decoding',
  'referrerpolicy', 'viewBox', 'd', 'data-ck-keep', 'data-label',
]);

function expectInert(container: HTMLElement, source: string): void {
  for (const element of container.querySelectorAll('*')) {
    expect(ELEMENTS.has(element.tagName.toUpperCase()), `<${element.tagName}> from ${source}`).toBe(true);
    for (const { name, value } of element.attributes) {
      expect(ATTRIBUTES.has(name), `${name} from ${source}`).toBe(true);
      if (name === 'href' && !value.startsWith('chatkit-link:')) expect(new URL(value, 'https://page.example/').protocol, source).toMatch(/^(https?|mailto|tel):$/);
      if (name === 'href') expect(element.getAttribute('rel'), source).toBe('noopener noreferrer');
    }
  }
}

describe('hostile Markdown', () => {
  it.each(HOSTILE.map((source) => [source.length > 60 ? `${source.slice(0, 60)}…` : source, source]))('%j builds only what Markdown knows', (_, source) => {
    const container = render(source, { allowImage: () => false });
    expectInert(container, source);
    expect(container.querySelector('img')).toBeNull();
  });

  it('stays inert in random mixtures, streamed in random pieces', () => {
    const next = random(7);
    const short = HOSTILE.filter((source) => source.length < 200);
    for (let round = 0; round < 120; round += 1) {
      const source = Array.from({ length: 5 }, () => short[Math.floor(next() * short.length)]).join(next() < 0.5 ? '\n\n' : ' ');
      expectInert(stream(source, next, { allowImage: () => false }), source);
    }
  });

  it('shows raw HTML as the text it is', () => {
    expect(render('a <b>bold</b> <script>x</script>').textContent).toBe('a <b>bold</b> <script>x</script>');
  });

  it('takes no time that grows out of proportion', () => {
    const started = performance.now();
    for (const source of HOSTILE) render(source);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('images', () => {
  it('load only when allowed, else a link says what they are', () => {
    const blocked = render('![Map of Zürich](https://elsewhere.example/a.png)', { allowImage: () => false });
    expect(blocked.querySelector('img')).toBeNull();
    expect(blocked.querySelector('a')?.textContent).toBe('Map of Zürich');
    const allowed = render('![Map](https://here.example/a.png "Title")', { allowImage: (url) => url.startsWith('https://here.example/') });
    const image = allowed.querySelector('img');
    expect([image?.getAttribute('src'), image?.getAttribute('alt'), image?.getAttribute('referrerpolicy')]).toEqual(['https://here.example/a.png', 'Map', 'no-referrer']);
  });
});

describe('deep links', () => {
  it('call back with name and data instead of navigating', () => {
    const calls: unknown[] = [];
    const container = render('[open](chatkit-link://order/open?id=4&q=a%20b)', { onDeepLink: (name, data) => calls.push([name, data]) });
    const event = new MouseEvent('click', { bubbles: true, cancelable: true });
    container.querySelector('a')?.dispatchEvent(event);
    expect(calls).toEqual([['order/open', { id: '4', q: 'a b' }]]);
    expect(event.defaultPrevented).toBe(true);
  });
});

describe('bare addresses', () => {
  it.each([
    ['see https://a.example/b?c=d#e now', 'https://a.example/b?c=d#e'],
    ['(see https://a.example/c_(d)).', 'https://a.example/c_(d)'],
    ['https://a.example.', 'https://a.example'],
    ['**https://a.example**', 'https://a.example'],
    ['write to me@mail.example, please', 'mailto:me@mail.example'],
    ['https://müller.example/ä', 'https://xn--mller-kva.example/%C3%A4'],
  ])('%j links to %j', (text, href) => {
    expect(render(text).querySelector('a')?.getAttribute('href')).toBe(href);
  });

  it.each(['ftp://a.example', 'www.example.com', 'a@b', 'https://', 'javascript://a.example/%0Aalert(1)', 'file://a.example'])('%j is only text', (text) => {
    expect(render(text).querySelector('a')).toBeNull();
  });
});

describe('lists of tasks and tables', () => {
  it('name their boxes for whoever cannot see them', () => {
    const container = render('- [x] done\n- [ ] open\n- [y] neither');
    expect(Array.from(container.querySelectorAll('[role=img]'), (box) => box.getAttribute('aria-label'))).toEqual(['Done', 'To do']);
    expect(container.querySelectorAll('li')[2]?.textContent).toBe('[y] neither');
  });

  it('scroll in themselves and can be reached by keyboard', () => {
    const frame = render('| a |\n|:-:|\n| b |').querySelector('.ck-table');
    expect(frame?.getAttribute('tabindex')).toBe('0');
    expect(frame?.querySelector('td')?.dataset['align']).toBe('center');
  });
});
