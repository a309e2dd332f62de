/**
 * Stands in the place of `punycode.js` in markdown-it's imports. Host names are encoded by the browser; they are shown as
 * they were written, never decoded, so that a look-alike host cannot hide behind another alphabet.
 */
function toASCII(host: string): string {
  if (/^[\x20-\x7e]*$/.test(host)) return host;
  try {
    return new URL(`http://${host}`).host || host;
  } catch {
    return host;
  }
}

export default { toASCII, toUnicode: (host: string): string => host };
