/** What the page says of itself, without what may be a secret. */
import { chatSelector, privateSelector, shortened } from './chat';
import type { PageContext, PageContextOptions, PageHeading } from './chatkit-page';

const longest = { url: 1000, path: 500, title: 200, description: 500, heading: 120 } as const;
const mostHeadings = 30;

export function pageContext({ query = [], root = document }: PageContextOptions = {}): PageContext {
  const description = document.querySelector<HTMLMetaElement>('meta[name=description]')?.content ?? '';
  return {
    url: address(query),
    path: isWeb() ? cut(location.pathname, longest.path) : '',
    title: shortened(document.title, longest.title),
    description: shortened(description, longest.description),
    headings: headings(root),
  };
}

const isWeb = (): boolean => location.protocol === 'https:' || location.protocol === 'http:';

const cut = (text: string, length: number): string => text.slice(0, length);

/** Sign-in tokens, e-mail addresses, searches: what stands in a query or fragment stays here unless it is asked for. */
function address(names: readonly string[]): string {
  if (!isWeb()) return '';
  const kept = [...new URLSearchParams(location.search)].filter(([name]) => names.includes(name));
  const query = kept.length === 0 ? '' : `?${new URLSearchParams(kept).toString()}`;
  return cut(location.origin + location.pathname + query, longest.url);
}

/** Also in Safari before 17.4, which cannot be asked. */
function isVisible(element: HTMLElement): boolean {
  return 'checkVisibility' in element ? element.checkVisibility() : (element as HTMLElement).getClientRects().length > 0;
}

function headings(root: ParentNode): PageHeading[] {
  const found: PageHeading[] = [];
  for (const heading of root.querySelectorAll<HTMLElement>('h1, h2, h3')) {
    if (found.length === mostHeadings) break;
    if (heading.closest(`${chatSelector}, ${privateSelector}`) !== null || !isVisible(heading)) continue;
    const text = shortened(heading.textContent, longest.heading);
    if (text !== '') found.push({ level: Number(heading.localName.slice(1)) as PageHeading['level'], text });
  }
  return found;
}
