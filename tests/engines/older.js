/**
 * Takes from a browser what the oldest supported ones have not (Chrome 120, Firefox 121, Safari 17.0), or have otherwise.
 * Runs before the page's own scripts. What style sheets say of it becomes what nobody knows.
 */
'use strict';

{
  const missing = [
    [/:state\(/g, ':-older-state('],
    [/light-dark\(/g, '-older-light-dark('],
    [/:popover-open/g, ':-older-popover-open'],
    [/field-sizing\s*:/g, '-older-field-sizing:'],
    [/\bfrom var\(/g, '-older-from var('],
  ];
  const older = (css) => missing.reduce((text, [wanted, instead]) => text.replace(wanted, instead), css);
  const replace = (owner, name, make) => {
    const { [name]: own } = Object.getOwnPropertyDescriptors(owner);
    Object.defineProperty(owner, name, { ...own, ...make(own) });
  };

  replace(CSSStyleSheet.prototype, 'replaceSync', ({ value }) => ({
    value(css) {
      return value.call(this, older(css));
    },
  }));
  replace(CSSStyleDeclaration.prototype, 'setProperty', ({ value }) => ({
    value(name, text, ...more) {
      return value.call(this, name, older(String(text)), ...more);
    },
  }));
  replace(CSS, 'supports', ({ value }) => ({
    value(...given) {
      const asked = given.join(':');
      return !/:state\(|light-dark\(|field-sizing|:popover-open|oklch\(from/.test(asked) && value.apply(this, given);
    },
  }));

  // Chrome before 125 throws at names without dashes; the others have no states at all.
  replace(ElementInternals.prototype, 'states', () => ({
    get: () => undefined,
  }));

  // Safari before 26 takes shadow roots; nobody but Chromium has a selection for each of them.
  if ('getComposedRanges' in Selection.prototype && !navigator.userAgent.includes('Firefox')) {
    replace(Selection.prototype, 'getComposedRanges', ({ value }) => ({
      value(...roots) {
        if (!roots.every((root) => root instanceof ShadowRoot)) throw new TypeError('not a ShadowRoot');
        return value.call(this, { shadowRoots: roots });
      },
    }));
    delete ShadowRoot.prototype.getSelection;
  }

  // Firefox before 125 has no popovers: the attribute means nothing, and asking for an open one is a mistake.
  for (const name of ['popover', 'showPopover', 'hidePopover', 'togglePopover']) delete HTMLElement.prototype[name];
  replace(Element.prototype, 'setAttribute', ({ value }) => ({
    value(name, text) {
      value.call(this, name === 'popover' ? 'data-older-popover' : name, text);
    },
  }));
  for (const owner of [Element.prototype, DocumentFragment.prototype]) {
    for (const name of ['matches', 'querySelector'].filter((each) => Object.hasOwn(owner, each))) {
      replace(owner, name, ({ value }) => ({
        value(selector) {
          return value.call(this, older(selector));
        },
      }));
    }
  }

  // Firefox before 136 edits all or nothing.
  replace(HTMLElement.prototype, 'contentEditable', ({ set }) => ({
    set(value) {
      if (value === 'plaintext-only') throw new DOMException('not known', 'SyntaxError');
      set.call(this, value);
    },
  }));
}
