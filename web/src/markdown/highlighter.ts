/** The lazy half of highlighting: lowlight's syntax tree becomes nodes, never an HTML string. */
import type { ElementContent, RootContent } from 'hast';
import { common, createLowlight } from 'lowlight';
import { addStyles } from '../ui/late-styles';
import { codeCss } from './code.css';

addStyles(codeCss);

const lowlight = createLowlight(common);

function build(content: RootContent | ElementContent): Node[] {
  if (content.type === 'text') return [document.createTextNode(content.value)];
  if (content.type !== 'element') return [];
  const span = document.createElement('span');
  const names = content.properties['className'];
  if (Array.isArray(names)) span.className = names.join(' ');
  span.append(...content.children.flatMap(build));
  return [span];
}

/** The coloured text as nodes, or null when the language is not known. */
export function highlight(language: string, text: string): Node[] | null {
  if (!lowlight.registered(language)) return null;
  return lowlight.highlight(language, text).children.flatMap(build);
}
