/** Styles of messages that are not the shell's: icons and Markdown. Those of widgets come with the widgets. */
import { markdownCss } from '../markdown/markdown.css';

const iconCss = `
.ck-icon { display: inline-block; flex: none; inline-size: 1em; block-size: 1em; vertical-align: -0.14em; overflow: visible; }
.ck-icon-stroke { fill: none; stroke: currentColor; stroke-width: 1.85; stroke-linecap: round; stroke-linejoin: round; }
.ck-icon-fill { fill: currentColor; fill-rule: evenodd; }
`;

export const widgetsCss = iconCss + markdownCss;
