/**
 * Runs `task` while no other tab of this origin runs one of the same name. `waited` tells whether it had to wait, which the
 * signal ends. Where the page has no Web Locks (an insecure origin) or is refused them (a sandbox), tabs cannot know of each
 * other and it just runs.
 */
export async function exclusively(name: string, signal: AbortSignal, task: (waited: boolean) => Promise<void>): Promise<void> {
  const locks = (navigator as { locks?: LockManager | null }).locks;
  if (locks == null) return task(false);
  let began = false as boolean;
  const run = (waited: boolean): Promise<void> => {
    began = true;
    return task(waited);
  };
  try {
    const done = await locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock === null) return false;
      await run(false);
      return true;
    });
    if (!done) await locks.request(name, { signal }, () => run(true));
  } catch (error) {
    if (began || signal.aborted) throw error;
    await task(false);
  }
}
