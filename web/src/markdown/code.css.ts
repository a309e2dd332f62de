/** Colours of highlighted code. */
import { lightDark } from '../ui/scheme';

export const codeCss = `
.hljs-comment, .hljs-quote { color: var(--chatkit-color-text-tertiary); font-style: italic; }
.hljs-keyword, .hljs-selector-tag, .hljs-doctag, .hljs-section, .hljs-name { color: ${lightDark('var(--chatkit-purple-700)', 'var(--chatkit-purple-300)')}; }
.hljs-string, .hljs-regexp, .hljs-addition, .hljs-attribute, .hljs-meta .hljs-string { color: ${lightDark('var(--chatkit-green-700)', 'var(--chatkit-green-300)')}; }
.hljs-number, .hljs-literal, .hljs-symbol, .hljs-bullet { color: ${lightDark('var(--chatkit-orange-700)', 'var(--chatkit-orange-300)')}; }
.hljs-title, .hljs-title.class_, .hljs-title.function_, .hljs-selector-id { color: ${lightDark('var(--chatkit-blue-700)', 'var(--chatkit-blue-300)')}; }
.hljs-type, .hljs-built_in, .hljs-selector-class, .hljs-selector-attr, .hljs-attr, .hljs-property { color: ${lightDark('var(--chatkit-blue-800)', 'var(--chatkit-blue-200)')}; }
.hljs-variable, .hljs-template-variable, .hljs-link, .hljs-deletion, .hljs-tag { color: ${lightDark('var(--chatkit-pink-700)', 'var(--chatkit-pink-300)')}; }
.hljs-meta, .hljs-subst { color: var(--chatkit-color-text-secondary); }
.hljs-emphasis { font-style: italic; }
.hljs-strong { font-weight: 600; }
`;
