/**
 * What the host is, for style sheets: `:state(dark)`, `:state(rtl)`. Browsers without custom states (Chrome before 125, Firefox
 * before 126, Safari before 17.4) have attributes in their place, `data-chatkit-dark` and `data-chatkit-rtl`.
 */
const hasStates = typeof CSS.supports === 'function' && CSS.supports('selector(:state(x))');

export function setState(host: Element, internals: ElementInternals, name: 'dark' | 'rtl', on: boolean): void {
  if (!hasStates) host.toggleAttribute(`data-chatkit-${name}`, on);
  else if (on) internals.states.add(name);
  else internals.states.delete(name);
}

/** A style sheet's text, its rules for states as this browser takes them. */
export function withStates(css: string): string {
  return hasStates ? css : css.replace(/:state\((\w+)\)/g, '[data-chatkit-$1]');
}
