/**
 * Turns live nodes into freshly built ones with as few changes as possible, so that text selection, scroll positions and
 * running animations survive while a block grows.
 */

/** On nodes whose content belongs to someone else (an annotation): same value, keep the old node as it is. */
export const KEEP = 'data-ck-keep';

function sameKind(a: Node, b: Node): boolean {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName;
}

function morphText(live: Text, fresh: Text): void {
  const text = fresh.data;
  if (live.data === text) return;
  // appendData keeps selections inside the old text; setting `data` would collapse them.
  if (text.startsWith(live.data)) live.appendData(text.slice(live.data.length));
  else {
    let same = 0;
    const most = Math.min(live.data.length, text.length);
    while (same < most && live.data.charCodeAt(same) === text.charCodeAt(same)) same += 1;
    live.replaceData(same, live.data.length - same, text.slice(same));
  }
}

function morphAttributes(live: Element, fresh: Element): void {
  for (const { name } of [...live.attributes]) {
    if (!fresh.hasAttribute(name)) live.removeAttribute(name);
  }
  for (const { name, value } of [...fresh.attributes]) {
    if (live.getAttribute(name) !== value) live.setAttribute(name, value);
  }
}

function morphNode(live: Node, fresh: Node): Node {
  if (!sameKind(live, fresh)) return fresh;
  if (live instanceof Text && fresh instanceof Text) {
    morphText(live, fresh);
    return live;
  }
  if (!(live instanceof Element) || !(fresh instanceof Element)) return fresh;
  const keep = fresh.getAttribute(KEEP);
  if (keep !== null || live.hasAttribute(KEEP)) return live.getAttribute(KEEP) === keep ? live : fresh;
  morphAttributes(live, fresh);
  morphChildren(live, [...live.childNodes], [...fresh.childNodes]);
  return live;
}

/**
 * Makes `fresh` the children of `parent` in the place of `live`, which are consecutive children of it. Returns the nodes
 * that are there now: where possible those of `live`, changed in place.
 */
export function morphChildren(parent: Node, live: readonly ChildNode[], fresh: readonly ChildNode[]): ChildNode[] {
  const end = live[live.length - 1]?.nextSibling ?? null;
  const result = live.slice(0, fresh.length).map((old, index) => {
    const node = fresh[index] ?? old;
    const kept = morphNode(old, node);
    if (kept !== old) old.replaceWith(node);
    return kept as ChildNode;
  });
  // All at once: where its direction is found by what is in it, each change has the browser look through all of the parent.
  const more = document.createDocumentFragment();
  for (const node of fresh.slice(live.length)) {
    more.appendChild(node);
    result.push(node);
  }
  if (more.firstChild) parent.insertBefore(more, end);
  for (const rest of live.slice(fresh.length)) rest.remove();
  return result;
}
