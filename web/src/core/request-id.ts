/** A name for a turn of this client's: sent again, it is the same turn to a server that knows such names. */
export function newRequestId(): string {
  // `randomUUID` is there on secure origins only.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
