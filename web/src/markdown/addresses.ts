/**
 * Addresses as they go into `href`: host names by the browser, everything else percent-encoded once. It stands in the place
 * of `mdurl` in markdown-it's imports, which parses addresses by hand to the same end.
 */
import punycode from './punycode';

const UNSAFE = /%(?![0-9a-f]{2})|[^a-z0-9;/?:@&=+$,\-_.!~*'()#%]/giu;

/** Percent-encodes what may not stand in an address; escapes that are there stay. */
export function encode(text: string): string {
  return text.replace(UNSAFE, (character) => {
    try {
      return encodeURIComponent(character);
    } catch {
      return '%EF%BF%BD'; // half of a surrogate pair
    }
  });
}

/** An address for `href`. */
export function normalizeAddress(address: string): string {
  const match = /^((?:https?:)?\/\/(?:[^/?#@]*@)?|mailto:[^@]*@)([^/?#]*)/i.exec(address);
  if (!match) return encode(address);
  const [start, before = '', host = ''] = match;
  return encode(before) + encode(punycode.toASCII(host)) + encode(address.slice(start.length));
}

/** Names that markdown-it re-exports for plug-ins; nothing here calls them. */
export const decode = (text: string): string => text;
