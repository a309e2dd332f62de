/** Brings the widgets' style sheet into the tree they are shown in. */
import { chartsCss } from '../charts/charts.css';
import { sheet } from '../styles/sheet';
import { contentCss } from './content.css';
import { controlsCss } from './controls.css';

let made: CSSStyleSheet | undefined;

export function adoptStyles(tree: Node | undefined): void {
  if (!(tree instanceof ShadowRoot) && !(tree instanceof Document)) return;
  made ??= sheet(contentCss + controlsCss + chartsCss);
  if (!tree.adoptedStyleSheets.includes(made)) tree.adoptedStyleSheets = [...tree.adoptedStyleSheets, made];
}
