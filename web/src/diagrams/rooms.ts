/**
 * The sizes of diagrams that were drawn in this tab. One that is drawn again, in a row that comes back into view or after a
 * reload, gets its room before it gets its picture: nothing moves when that comes.
 */
export interface Size {
  readonly width: number;
  readonly height: number;
}

const KEY = 'chatkit.diagrams';
const KEPT = 64;

let sizes: Map<string, Size> | null = null;

/** Tells diagrams apart without keeping them: a wrong guess is a wrong size until the picture is there. */
function digest(source: string): string {
  let hash = 0;
  for (let at = 0; at < source.length; at += 1) hash = (Math.imul(hash, 31) + source.charCodeAt(at)) | 0;
  return `${source.length}.${hash}`;
}

function isSize(value: unknown): value is Size {
  return typeof value === 'object' && value !== null && 'width' in value && 'height' in value && Number(value.width) > 0 && Number(value.height) > 0;
}

/** What the tab remembers; nothing where it may not, or where something else stands. */
function remembered(): Map<string, Size> {
  try {
    const entries: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '{}');
    return new Map(Object.entries(entries as Record<string, unknown>).filter((entry): entry is [string, Size] => isSize(entry[1])));
  } catch {
    return new Map();
  }
}

export function roomFor(source: string): Size | null {
  sizes ??= remembered();
  return sizes.get(digest(source)) ?? null;
}

export function keepRoom(source: string, { width, height }: Size): void {
  sizes ??= remembered();
  sizes.delete(digest(source));
  sizes.set(digest(source), { width, height });
  for (const oldest of [...sizes.keys()].slice(0, Math.max(0, sizes.size - KEPT))) sizes.delete(oldest);
  try {
    sessionStorage.setItem(KEY, JSON.stringify(Object.fromEntries(sizes)));
  } catch {
    // Full or forbidden: then only this page knows.
  }
}
