/**
 * What a person sees and reaches in the element, for drivers that know nothing of shadow trees: things are found by role
 * and name, and are pressed where they are. Runs before the page's own scripts, after `probe.js`.
 */
'use strict';

window.troubles = [];
addEventListener('error', (event) => troubles.push(`uncaught: ${event.message}`));
addEventListener('unhandledrejection', (event) => troubles.push(`unhandled: ${event.reason}`));
for (const level of ['error', 'warn']) {
  const say = console[level].bind(console);
  console[level] = (...said) => {
    troubles.push(`console ${level}: ${said.join(' ')}`);
    say(...said);
  };
}

window.hands = {
  patience: 15_000,

  selectors: {
    button: 'button, [role=button]',
    checkbox: 'input[type=checkbox], [role=checkbox]',
    combobox: '[role=combobox]',
    dialog: 'dialog, [role=dialog]',
    grid: '[role=grid]',
    link: 'a[href]',
    listbox: '[role=listbox]',
    menu: '[role=menu]',
    menuitem: '[role=menuitem], [role=menuitemradio]',
    option: '[role=option]',
    radio: 'input[type=radio], [role=radio]',
    textbox: 'textarea, [role=textbox], input:not([type=checkbox], [type=radio], [type=file])',
  },

  name(node) {
    const labelling = (node.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => probe.root().getElementById(id)?.textContent ?? '').join(' ');
    const said = labelling.trim() || node.getAttribute('aria-label') || node.labels?.[0]?.textContent || node.textContent || '';
    return said.replace(/\s+/g, ' ').trim();
  },

  isSeen(node) {
    const box = node.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(node).visibility === 'visible';
  },

  /** Everything of a role with a name, as it is seen; a name that ends in an ellipsis is the beginning of one. */
  all(role, name) {
    const fits = (said) => (name.endsWith('…') ? said.startsWith(name.slice(0, -1)) : said === name);
    return probe.all(hands.selectors[role]).filter((node) => hands.isSeen(node) && fits(hands.name(node)));
  },

  find: (role, name) => hands.all(role, name).at(-1),

  /** The value of a function as soon as it is neither false nor nothing. Rejects with `what` after `patience`. */
  async until(check, what) {
    const end = performance.now() + hands.patience;
    for (;;) {
      const value = await check();
      if (value) return value;
      if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 16));
    }
  },

  /** As on paper: what is for it only holds on the screen, too. */
  print() {
    dispatchEvent(new Event('beforeprint'));
    for (const sheet of [...document.adoptedStyleSheets, ...probe.root().adoptedStyleSheets]) {
      for (const rule of sheet.cssRules) if (rule.media?.mediaText === 'print') rule.media.mediaText = 'all';
    }
  },

  /** Where to press something: its middle, once it stands still and nothing lies over it. */
  async reach(find, what) {
    let before = '';
    return hands.until(async () => {
      await probe.settled();
      await probe.frames(2);
      const node = find();
      if (!node || node.disabled) return null;
      node.scrollIntoView({ block: 'nearest', behavior: 'instant' });
      const { x, y, width, height } = node.getBoundingClientRect();
      const at = [x + width / 2, y + height / 2];
      const still = `${at}` === before;
      before = `${at}`;
      return still && hands.isOn(node, ...at) ? at : null;
    }, what);
  },

  /** Whether a press at a place gets to that node. */
  isOn(node, x, y) {
    let hit = document.elementFromPoint(x, y);
    while (hit?.shadowRoot) {
      const inner = hit.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === hit) break;
      hit = inner;
    }
    return hit !== null && (node === hit || node.contains(hit) || hit.contains(node) || [...(node.labels ?? [])].some((label) => label.contains(hit)));
  },
};
