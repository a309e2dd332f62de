/** Brings the widgets' style sheet into the tree they are shown in. */
import { chartsCss } from '../charts/charts.css';
import { sheet } from '../ui/sheet';
import { contentCss } from './content.css';
import { controlsCss } from './controls.css';

let made: CSSStyleSheet | undefined;

export function adoptStyles(tree: Node | undefined): void {
  if (!tree || !('adoptedStyleSheets' in tree)) return;
  const root = tree as Document | ShadowRoot;
  made ??= sheet(contentCss + controlsCss + chartsCss);
  if (!root.adoptedStyleSheets.includes(made)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, made];
}
