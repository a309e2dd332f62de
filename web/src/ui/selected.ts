/** What is selected inside a shadow tree. */
export type Selected = Pick<StaticRange, 'startContainer' | 'startOffset' | 'endContainer' | 'endOffset'>;

/** Safari before 26 takes the roots themselves where the standard has a dictionary, and throws when it gets one. */
function composedIn(selection: Selection, root: ShadowRoot): StaticRange[] {
  try {
    return selection.getComposedRanges({ shadowRoots: [root] });
  } catch {
    return (selection as unknown as { getComposedRanges(...roots: ShadowRoot[]): StaticRange[] }).getComposedRanges(root);
  }
}

/** Each engine has its own way to tell. */
export function selectedIn(root: Node): Selected | null {
  const selection = document.getSelection();
  if (root instanceof ShadowRoot) {
    // Not in the types: Chromium's own way, and the only one that older versions of it have.
    const own = (root as ShadowRoot & { getSelection?: () => Selection | null }).getSelection?.();
    if (own != null) return own.rangeCount > 0 ? own.getRangeAt(0) : null;
    if (selection !== null && 'getComposedRanges' in selection) return composedIn(selection, root)[0] ?? null;
  }
  return selection !== null && selection.rangeCount > 0 ? selection.getRangeAt(0) : null;
}
