/**
 * Runs `task` while no other tab of this origin runs one of the same name. `waited` tells whether it had to wait.
 * Where the page has no Web Locks (an insecure origin), tabs cannot know of each other and it just runs.
 */
export async function exclusively(name: string, task: (waited: boolean) => Promise<void>): Promise<void> {
  const locks = (navigator as { locks?: LockManager | null }).locks;
  if (locks == null) return task(false);
  const done = await locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock === null) return false;
    await task(false);
    return true;
  });
  if (!done) await locks.request(name, () => task(true));
}
