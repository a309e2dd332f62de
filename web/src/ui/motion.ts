/** Leaving, for what the view takes out of the page at once: a copy that nobody can reach moves away as the thing came. */

/** Called while `node` is still in the page. Its children's animations run backwards (`.leaving`); without any, nothing stays. */
export function leave(node: HTMLElement | null | undefined): void {
  const parent = node?.parentElement;
  if (!node || !parent || typeof node.getAnimations !== 'function') return;
  const copy = node.cloneNode(true) as HTMLElement;
  copy.classList.add('leaving');
  copy.inert = true;
  copy.setAttribute('aria-hidden', 'true');
  // Who looks for the thing itself must not find its copy.
  for (const each of [copy, ...copy.querySelectorAll('[id], [part]')]) for (const name of ['id', 'part']) each.removeAttribute(name);
  parent.append(copy);
  const moves = [...copy.children].flatMap((child) => child.getAnimations());
  void Promise.allSettled(moves.map(({ finished }) => finished)).then(() => copy.remove());
}
