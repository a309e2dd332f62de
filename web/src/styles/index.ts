/** All style sheets, in order. Made once and shared by every element of the page. */
import { baseCss } from './base.css';
import { sheet } from '../ui/sheet';
import { shellCss } from './shell.css';
import { threadCss } from './thread.css';
import { tokensCss } from './tokens';
import { widgetsCss } from './widgets.css';

export const styleSheets: readonly CSSStyleSheet[] = [tokensCss, baseCss, shellCss, threadCss, widgetsCss].map(sheet);
