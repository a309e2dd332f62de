/** Which pictures may be loaded, and from where. Pure but for the page's own origin. */
import type { PictureRule } from '../markdown';

const rasterData = /^data:image\/(png|jpeg|gif|webp|avif|bmp)[;,]/i;

/** Where a picture comes from; null for what is no address of one. */
type Place = 'here' | 'data' | { readonly host: string; readonly secure: boolean };

function placeOf(url: string, base: string): Place | null {
  if (rasterData.test(url)) return 'data';
  let target: URL;
  try {
    target = new URL(url, base);
  } catch {
    return null;
  }
  const own = target.origin === new URL(base).origin;
  if (target.protocol === 'blob:') return own ? 'data' : null;
  if (target.protocol !== 'https:' && target.protocol !== 'http:') return null;
  return own ? 'here' : { host: target.hostname, secure: target.protocol === 'https:' };
}

/** The hosts of a thread: `*.example.com` allows every host below example.com, `*` all; without a list nothing is said. */
type Domains = readonly string[] | null | undefined;

function allows(domains: readonly string[], host: string): boolean {
  return domains.some((given) => {
    const domain = given.toLowerCase();
    return domain === '*' || (domain.startsWith('*.') ? host.endsWith(domain.slice(1)) : host === domain);
  });
}

/** Whether a picture loads that the server has written, in a widget or a preview: from anywhere over HTTPS unless the thread lists hosts. */
export function mayLoadImage(url: string, domains: Domains, base: string = document.baseURI): boolean {
  const place = placeOf(url, base);
  if (place === null || typeof place === 'string') return place !== null;
  return domains ? allows(domains, place.host) : place.secure;
}

/**
 * What becomes of a picture in the model's text. From elsewhere it waits for a press, from here it is fetched without saying who
 * asks: the former could tell a host who reads what, the latter do what the user may do (markdown/late-pictures.ts).
 */
export function pictureRule(url: string, domains: Domains, base: string = document.baseURI): PictureRule {
  const place = placeOf(url, base);
  if (place === null) return 'link';
  if (typeof place === 'string') return place === 'data' ? 'load' : 'later';
  if (domains) return allows(domains, place.host) ? 'load' : 'link';
  return place.secure ? 'later' : 'link';
}
