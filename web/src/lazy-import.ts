/**
 * How the build fetches every lazy chunk (`scripts/plain-imports.ts` puts this around each `import()`): once more when that
 * failed, which helps when the connection dropped. When the element was built anew under an open page, its old chunks are
 * gone for good: only loading the page again helps, and the shell offers that.
 */
import { signal } from '@preact/signals';

/** A chunk could not be fetched that has no place of its own to say so: something on the page is not as it should be. */
export const missingChunk = signal(false);

/** How long a dropped connection gets to come back, in milliseconds. */
const pause = 400;

/** Fetches, and once more after a pause when that failed. */
export async function twice<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch {
    await new Promise((resolve) => setTimeout(resolve, pause));
    return load();
  }
}

export async function fetchChunk<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await twice(load);
  } catch (error) {
    missingChunk.value = true;
    throw error;
  }
}
