/** Code blocks: a bar with the language and a copy button above the code. Clicks are handled by delegation. */
import { createIcon } from '../icons/svg';
import type { Messages } from '../locales';
import { copyText } from '../ui/clipboard';

/** Names people know for what stands behind the fence. Others are shown as they are written. */
const LANGUAGE_NAMES: Readonly<Record<string, string>> = {
  bash: 'Bash', c: 'C', cpp: 'C++', cs: 'C#', csharp: 'C#', css: 'CSS', diff: 'Diff', go: 'Go', graphql: 'GraphQL', html: 'HTML', http: 'HTTP', ini: 'INI',
  java: 'Java', javascript: 'JavaScript', js: 'JavaScript', json: 'JSON', jsonc: 'JSON', jsx: 'JSX', kotlin: 'Kotlin', lua: 'Lua', makefile: 'Makefile',
  markdown: 'Markdown', md: 'Markdown', mermaid: 'Mermaid', objectivec: 'Objective-C', perl: 'Perl', php: 'PHP', python: 'Python', py: 'Python', r: 'R',
  rb: 'Ruby', ruby: 'Ruby', rs: 'Rust', rust: 'Rust', scss: 'SCSS', sh: 'Shell', shell: 'Shell', sql: 'SQL', svg: 'SVG', swift: 'Swift', text: 'Text',
  toml: 'TOML', ts: 'TypeScript', tsx: 'TSX', txt: 'Text', typescript: 'TypeScript', vb: 'Visual Basic', xml: 'XML', yaml: 'YAML', yml: 'YAML', zsh: 'Zsh',
};

const COPIED_FOR_MS = 1600;

/** The language of a fence's info string: its first word. */
export function languageOf(info: string): string {
  return /^\S+/.exec(info.trim())?.[0] ?? '';
}

function element(tag: string, className: string, ...children: Node[]): HTMLElement {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

/** A code block with its bar. `text` is shown as it is. */
export function codeBlock(text: string, language: string, messages: Messages): HTMLElement {
  const name = element('span', 'ck-code-language');
  name.textContent = Object.hasOwn(LANGUAGE_NAMES, language.toLowerCase()) ? (LANGUAGE_NAMES[language.toLowerCase()] ?? '') : language;

  const label = element('span', 'ck-code-copy-label');
  label.textContent = messages.widgets.copyCode;
  label.setAttribute('aria-live', 'polite');
  const copy = element('button', 'ck-code-copy', createIcon('copy', 'ck-icon ck-code-copy-icon'), createIcon('check', 'ck-icon ck-code-copied-icon'), label);
  copy.setAttribute('type', 'button');

  const code = element('code', language ? `language-${language}` : '');
  if (!language) code.removeAttribute('class');
  code.textContent = text;
  const body = element('pre', 'ck-code-body', code);
  body.tabIndex = 0; // it scrolls, so it must be reachable by keyboard
  body.setAttribute('role', 'group');
  body.setAttribute('aria-label', name.textContent || messages.widgets.code);

  const block = element('div', 'ck-code', element('div', 'ck-code-bar', name, copy), body);
  block.setAttribute('part', 'code-block');
  block.dir = 'ltr';
  return block;
}

/** Copies the code a copy button belongs to and says so on the button. */
export async function copyCode(button: Element, messages: Messages): Promise<void> {
  const block = button.closest('.ck-code');
  const text = block?.querySelector('pre')?.textContent ?? '';
  const label = button.querySelector('.ck-code-copy-label');
  if (!label) return;
  const copied = await copyText(text.replace(/\n$/, ''));
  button.classList.toggle('ck-copied', copied);
  label.textContent = copied ? messages.widgets.copied : messages.widgets.copyFailed;
  setTimeout(() => {
    button.classList.remove('ck-copied');
    label.textContent = messages.widgets.copyCode;
  }, COPIED_FOR_MS);
}
