/** Which addresses a link in Markdown may open, and what happens on a click. */

/** Protocols that may stand in `href`; everything else is shown as text. */
const OPENABLE = new Set(['http:', 'https:', 'mailto:', 'tel:']);

/** The scheme of deep links: `chatkit-link://NAME?k=v` never navigates, it calls back into the app. */
export const DEEP_LINK_PROTOCOL = 'chatkit-link:';

export interface DeepLink {
  name: string;
  data: Record<string, string>;
}

export type LinkTarget = { kind: 'open'; href: string } | { kind: 'deep'; link: DeepLink } | { kind: 'none' };

/** The explicit scheme of an address with its colon, lower case, or null for a relative one. */
function schemeOf(address: string): string | null {
  // Browsers drop control characters and spaces before and inside a scheme ("java\nscript:"); so does this check.
  const bare = address.replace(/[\u0000-\u0020\u007f-\u009f]/g, '');
  return /^([a-z][a-z0-9+.-]*:)/i.exec(bare)?.[1]?.toLowerCase() ?? null;
}

/** Splits `chatkit-link://NAME?k=v`; null when there is no name. A key that comes twice keeps its last value. */
export function parseDeepLink(address: string): DeepLink | null {
  const match = /^chatkit-link:(?:\/\/)?([^?#]*)(?:\?([^#]*))?/i.exec(address.trim());
  const rawName = match?.[1]?.replace(/\/+$/, '');
  if (!rawName) return null;
  const data: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(match?.[2] ?? '')) data[key] = value;
  try {
    return { name: decodeURIComponent(rawName), data };
  } catch {
    return { name: rawName, data };
  }
}

/** Decides what a link may do. Relative addresses stay relative: they lead to the page's own origin. */
export function linkTarget(address: string): LinkTarget {
  const scheme = schemeOf(address);
  if (scheme === null) return { kind: 'open', href: address };
  if (scheme === DEEP_LINK_PROTOCOL) {
    const link = parseDeepLink(address);
    return link ? { kind: 'deep', link } : { kind: 'none' };
  }
  return OPENABLE.has(scheme) ? { kind: 'open', href: address } : { kind: 'none' };
}

/** Whether an image address is worth opening as a link when the image itself may not load. */
export function isWebAddress(address: string): boolean {
  const scheme = schemeOf(address);
  return scheme === 'http:' || scheme === 'https:';
}
