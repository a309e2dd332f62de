/**
 * Smaller stand-ins for what markdown-it imports: bare addresses without every top-level domain, common character
 * references with the rest on demand, Unicode classes, addresses and host names by the browser. They save 26 kB of gzip; the
 * CommonMark tests run with them.
 */
import { fileURLToPath } from 'node:url';

const standIn = (file: string): string => fileURLToPath(new URL(`../src/markdown/${file}.ts`, import.meta.url));

export const markdownAliases = [
  { find: /^linkify-it$/, replacement: standIn('linkify') },
  { find: /^entities$/, replacement: standIn('entities') },
  { find: /^uc\.micro$/, replacement: standIn('unicode') },
  { find: /^mdurl$/, replacement: standIn('addresses') },
  { find: /^punycode\.js$/, replacement: standIn('punycode') },
];
