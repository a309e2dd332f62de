/** Brings the style sheet of these parts into the tree they are shown in. */
import { useLayoutEffect } from 'preact/hooks';
import { sheet } from '../styles/sheet';
import { composerCss } from './composer.css';

let made: CSSStyleSheet | undefined;

export function useStyles(ref: { readonly current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const root = ref.current?.getRootNode();
    if (!(root instanceof ShadowRoot)) return;
    made ??= sheet(composerCss);
    if (!root.adoptedStyleSheets.includes(made)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, made];
  });
}
