/**
 * What the tests ask of a page. Runs before the page's own scripts.
 *
 * `violations` are breaches of the page's policy, `told` the element's events in their order, `logged` what its log says,
 * `probe` looks at things that no locator sees.
 */
'use strict';

window.violations = [];
addEventListener('securitypolicyviolation', (event) => {
  const text = `policy violation: ${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`;
  violations.push(text);
  console.error(text);
});

window.told = [];
for (const name of [
  'ready', 'error', 'effect', 'deeplink', 'response.start', 'response.end', 'thread.change', 'thread.load.start',
  'thread.load.end', 'tool.change', 'history.open', 'history.close', 'message.sent', 'message.received',
]) {
  addEventListener(`chatkit.${name}`, ({ detail }) => {
    const error = detail?.error;
    const readable = error ? { error: { code: error.code, message: error.message } } : {};
    // Effects and deep links have a name of their own in their detail.
    told.push({ ...detail, ...readable, called: detail?.name, name });
  });
}

window.logged = [];
addEventListener('chatkit.log', ({ detail }) => logged.push(detail));

window.probe = {
  element: () => document.querySelector('openai-chatkit, open-chatkit'),
  root: () => probe.element().shadowRoot,
  find: (selector) => probe.root().querySelector(selector),
  all: (selector) => [...probe.root().querySelectorAll(selector)],

  /** The newest answer's text. */
  shown: () => probe.all('[part=assistant-message] .prose').at(-1)?.textContent ?? '',

  /** After that many frames have been painted. */
  frames(count) {
    return new Promise((resolve) => {
      const step = () => (count-- > 0 ? requestAnimationFrame(step) : resolve());
      step();
    });
  },

  /** After everything has stopped moving that will. */
  async settled() {
    const moving = [document, probe.root()].flatMap((each) => each.getAnimations());
    const ending = moving.filter((each) => each.effect.getComputedTiming().endTime < Infinity);
    await Promise.all(ending.map((each) => each.finished.catch(() => undefined)));
  },

  /** By how many pixels the page, or what scrolls up and down in it, is wider than its place. */
  overflow() {
    const scrolled = [document.scrollingElement, probe.find('.thread, .start')].filter(Boolean);
    return Math.max(...scrolled.map((each) => each.scrollWidth - each.clientWidth));
  },

  /** What sticks out of the page, or of what scrolls up and down in it, at a side. */
  sticking() {
    if (probe.overflow() <= 0) return [];
    const scrolled = probe.find('.thread, .start') ?? document.documentElement;
    const { left, right } = scrolled.getBoundingClientRect();
    const out = probe.all('*').filter((node) => {
      const box = node.getBoundingClientRect();
      return box.width > 0 && (box.right > right + 1 || box.left < left - 1);
    });
    return out.slice(0, 20).map((node) => `${node.localName}.${node.className} ${node.textContent.slice(0, 40)}`);
  },

  active() {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    return active;
  },

  /** What has the focus: its label, else its text. */
  focused() {
    const active = probe.active();
    return (active?.getAttribute('aria-label') || active?.labels?.[0]?.textContent || active?.textContent || '').trim();
  },

  /** Whether what has the focus shows it, by itself or by the frame around it. */
  ringed() {
    const shows = (node) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(node);
      return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) || boxShadow !== 'none';
    };
    let node = probe.active();
    for (let up = 0; up < 4 && node; up += 1, node = node.parentElement) if (shows(node)) return true;
    return false;
  },

  /** From now on `heard` has what screen readers are told, line by line: lines do not stay. */
  listen() {
    window.heard = [];
    const note = (records) => {
      const came = records.flatMap(({ addedNodes }) => [...addedNodes]);
      heard.push(...came.filter((node) => node.parentElement?.matches('.root [aria-live=polite]')).map((node) => node.textContent));
    };
    new MutationObserver(note).observe(probe.root(), { childList: true, subtree: true });
  },

  /** Brings every row into view, one after the other: those far from it are not built. */
  async visit() {
    for (const row of probe.all('.row')) {
      row.scrollIntoView({ block: 'center', behavior: 'instant' });
      await probe.frames(1);
    }
    await probe.frames(2);
  },

  /**
   * Texts of the element's own that stand in one line with a text that turns the direction round, and would be turned
   * with it: nothing between them isolates. `known` are the texts of others.
   */
  turned(known) {
    const turns = /[\u202a-\u202e\u2066-\u2069]/;
    const isForeign = (text) => known.some((each) => each.includes(text) || text.includes(each));
    const isolates = (node) => {
      const { display, unicodeBidi } = getComputedStyle(node);
      return display !== 'inline' && display !== 'contents' ? true : /isolate|plaintext/.test(unicodeBidi);
    };
    const lineOf = (text) => {
      let node = text.parentElement;
      while (node && !isolates(node)) node = node.parentElement;
      return node;
    };
    const walker = document.createTreeWalker(probe.root(), NodeFilter.SHOW_TEXT);
    const texts = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) if (node.data.trim()) texts.push(node);
    const lines = new Set(texts.filter(({ data }) => turns.test(data)).map(lineOf));
    const mixed = texts.filter((node) => turns.test(node.data) && !known.some((each) => each.includes(node.data)));
    const beside = texts.filter((node) => lines.has(lineOf(node)) && !isForeign(node.data));
    return [...mixed, ...beside].map(({ data }) => data);
  },

  /** Everything that must not be in a document made of what others write. */
  dangerous() {
    const elements = new Set(
      ['iframe', 'object', 'embed', 'meta', 'base', 'frame', 'link', 'style', 'script', 'animate', 'math'],
    );
    const addresses = new Set(['href', 'src', 'action', 'formaction', 'xlink:href', 'data', 'srcset', 'poster']);
    const bad = /^[\s\u0000-\u0020]*(javascript|vbscript|data:(?!image\/(png|jpeg|gif|webp))|file|blob)/i;
    const found = [];
    for (const { localName, attributes } of probe.all('*')) {
      if (elements.has(localName)) found.push(localName);
      for (const { name, value } of attributes) {
        const isBad = /^on/i.test(name) || (addresses.has(name.toLowerCase()) && bad.test(value));
        if (isBad) found.push(`${localName}[${name}=${value}]`);
      }
    }
    return found;
  },
};
