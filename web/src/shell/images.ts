/** Which images may be loaded. Pure but for the page's own origin. */
const rasterData = /^data:image\/(png|jpeg|gif|webp|avif|bmp)[;,]/i;

/**
 * Own origin, raster `data:` and `blob:` addresses, and the hosts the thread allows. `*.example.com` allows every host below
 * example.com.
 */
export function mayLoadImage(url: string, allowedDomains: readonly string[], base: string = document.baseURI): boolean {
  if (rasterData.test(url)) return true;
  let target: URL;
  try {
    target = new URL(url, base);
  } catch {
    return false;
  }
  const origin = new URL(base).origin;
  if (target.protocol === 'blob:') return target.origin === origin;
  if (target.protocol !== 'https:' && target.protocol !== 'http:') return false;
  return target.origin === origin || allowedDomains.some((domain) => matchesDomain(target.hostname, domain.toLowerCase()));
}

function matchesDomain(host: string, domain: string): boolean {
  return domain.startsWith('*.') ? host.endsWith(domain.slice(1)) : host === domain;
}
