/** The items before those that are in hand. Loaded when somebody looks for them. */
import { ChatKitError } from './errors';
import { metadataOf } from './fold';
import { fetchBefore, fetchNewest, type LoadedPage, type Pages } from './pages';
import type { Transcript } from './transcript';

/** Puts the next older page before the items. */
export async function prepend(held: Transcript, pages: Pages, id: string): Promise<void> {
  const after = pages.olderAfter;
  let page: LoadedPage;
  try {
    page = await fetchBefore(held, id, after, held.life);
  } catch (error) {
    // What the page was to go on from is gone: the thread is another by now.
    if (!(error instanceof ChatKitError && error.status === 404) || held.isBusy()) throw error;
    return renew(held, pages, id);
  }
  // The items are others meanwhile, and what was asked for does not join them.
  if (after !== pages.olderAfter) return;
  const known = new Set(held.state.items.map((item) => item.id));
  pages.beforeOlder();
  held.state = { ...held.state, items: [...page.data.filter((item) => !known.has(item.id)), ...held.state.items] };
  pages.older(page);
  held.changed({ kind: 'list' });
}

/** Starts over from the newest items. */
async function renew(held: Transcript, pages: Pages, id: string): Promise<void> {
  const { thread, page } = await fetchNewest(held, id, held.life);
  if (held.isBusy()) return;
  held.state = { ...held.state, thread: metadataOf(thread), items: page.data };
  pages.older(page);
  held.changed({ kind: 'list' });
}
