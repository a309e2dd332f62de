import { afterEach, describe, expect, it, vi } from 'vitest';
import { StreamingMarkdown, type PictureRule } from '../../src/markdown';
import { options, random, render, stream } from './support';

const pictureRule = (url: string): PictureRule => (url.startsWith('/') || url.startsWith('https://') ? 'later' : 'link');
const buttonsOf = (container: Element): string[] => Array.from(container.querySelectorAll('button'), (button) => button.textContent);

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('pictures of another host', () => {
  const text = 'One ![A chart](https://a.example/1.png "T") two ![](https://a.example/2.png)\n\n- [![Badge](https://a.example/3.png)](https://b.example)\n- ![Map](https://b.example/4.png)\n';

  it('name it, and load on a press, with all others of that host and those that come later', async () => {
    const container = document.createElement('div');
    const markdown = new StreamingMarkdown(container, options({ pictureRule }));
    markdown.append(text);
    markdown.finish();
    await vi.waitFor(() => expect(buttonsOf(container)).toEqual(['A chart Load from a.example', 'Image Load from a.example', 'Load from a.example', 'Map Load from b.example']));
    expect(container.querySelectorAll('img')).toHaveLength(0);
    expect(container.querySelector('a button')).toBeNull();
    container.querySelector('button')?.click();
    const shown = Array.from(container.querySelectorAll('img'), (image) => [image.getAttribute('src'), image.alt, image.title, image.referrerPolicy]);
    expect(shown).toEqual([1, 2, 3].map((at) => [`https://a.example/${at}.png`, ['A chart', '', 'Badge'][at - 1], at === 1 ? 'T' : '', 'no-referrer']));
    expect(container.querySelector('a[href="https://b.example"] img')).toBeTruthy();
    expect(buttonsOf(container)).toEqual(['Map Load from b.example']);
    expect(localStorage.getItem('chatkit:image-hosts')).toBe('["a.example"]');
    const later = render('![x](https://a.example/9.png)', { pictureRule });
    await vi.waitFor(() => expect(later.querySelectorAll('img')).toHaveLength(1));
    markdown.destroy();
  });

  it('are let in after a reload', async () => {
    localStorage.setItem('chatkit:image-hosts', '["kept.example"]');
    vi.resetModules();
    const { renderMarkdown } = await import('../../src/markdown');
    const container = document.createElement('div');
    renderMarkdown(container, '![x](https://kept.example/9.png)', options({ pictureRule }));
    await vi.waitFor(() => expect(container.querySelectorAll('img')).toHaveLength(1));
  });

  it('are the same however they arrive, and load nothing meanwhile', async () => {
    for (let seed = 1; seed < 6; seed += 1) {
      const container = stream(text.replaceAll('a.example', `a${seed}.example`), random(seed), { pictureRule });
      await vi.waitFor(() => expect(container.querySelectorAll('button')).toHaveLength(4));
      expect(container.querySelectorAll('img')).toHaveLength(0);
    }
  });

  it('that do not come are a link with their words', async () => {
    const container = render('![Lost](https://gone.example/1.png)', { pictureRule });
    await vi.waitFor(() => expect(container.querySelector('button')).toBeTruthy());
    container.querySelector('button')?.click();
    container.querySelector('img')?.dispatchEvent(new Event('error'));
    expect(container.querySelector('a')?.textContent).toBe('Lost');
    expect(container.querySelector('img')).toBeNull();
  });
});

describe('pictures of the own origin', () => {
  it('are fetched without credentials, and not before their block is complete', async () => {
    const asked: [string, RequestInit | undefined][] = [];
    vi.stubGlobal('fetch', (url: string, init?: RequestInit) => {
      asked.push([url, init]);
      return Promise.resolve(new Response(new Blob(['png'], { type: 'image/png' })));
    });
    const container = document.createElement('div');
    const markdown = new StreamingMarkdown(container, options({ pictureRule }));
    markdown.append('![Logo](/static/logo.png) and');
    markdown.flush();
    expect(asked).toEqual([]);
    markdown.append(' more.');
    markdown.finish();
    await vi.waitFor(() => expect(container.querySelector('img')?.getAttribute('src')).toMatch(/^data:image\/png/));
    expect(asked).toEqual([['/static/logo.png', { credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'error' }]]);
    markdown.destroy();
  });

  it.each([
    ['is a page', new Response('hello', { headers: { 'content-type': 'text/html' } })],
    ['is refused', new Response('', { status: 401 })],
  ])('that %s is words', async (what, response) => {
    vi.stubGlobal('fetch', () => Promise.resolve(response));
    const container = render(`![Words](/${encodeURIComponent(what)})`, { pictureRule });
    await vi.waitFor(() => expect(container.querySelector('.ck-image-link:not([data-address])')).toBeTruthy());
    expect(container.textContent).toBe('Words');
    expect(container.querySelector('img')).toBeNull();
  });
});
