/** Colours in source text by the browser's own highlights: the text stays one plain text that can be edited. */

/** What there is to colour, as one pattern for each language: a part of a string is nothing else. */
const patterns = {
  json: /(?<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?<string>"(?:[^"\\]|\\.)*")|(?<number>-?\b\d+(?:\.\d+)?\b|\b(?:true|false|null)\b)/g,
  python: /(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<keyword>\b(?:from|import|True|False|None)\b)|(?<key>\b\w+(?==))|(?<name>\b[A-Z]\w+(?=\())|(?<number>\b\d+(?:\.\d+)?\b)/g,
} as const;

/** Colours a node's text; gives the way to take the colours away. */
export function highlight(node: HTMLElement, language: keyof typeof patterns): () => void {
  if (typeof Highlight === 'undefined') return () => undefined;
  const made: [string, Range][] = [];
  for (const match of node.textContent.matchAll(patterns[language])) {
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => (text as string | undefined) !== undefined)?.[0];
    const range = rangeOf(node, match.index, match.index + match[0].length);
    if (kind !== undefined && range !== null) made.push([`code-${kind}`, range]);
  }
  for (const [name, range] of made) {
    const known = CSS.highlights.get(name);
    if (known === undefined) CSS.highlights.set(name, new Highlight(range));
    else known.add(range);
  }
  return () => {
    for (const [name, range] of made) CSS.highlights.get(name)?.delete(range);
  };
}

function rangeOf(node: HTMLElement, start: number, end: number): Range | null {
  const range = document.createRange();
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  let before = 0;
  let begun = false;
  for (let text = walker.nextNode() as Text | null; text !== null; text = walker.nextNode() as Text | null) {
    const after = before + text.length;
    if (!begun && start < after) {
      range.setStart(text, start - before);
      begun = true;
    }
    if (begun && end <= after) {
      range.setEnd(text, end - before);
      return range;
    }
    before = after;
  }
  return null;
}
