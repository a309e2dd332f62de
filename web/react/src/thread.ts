/** Shows a thread as soon as the chat may. */
import type { OpenAIChatKit } from '@openai/chatkit';

const ends = ['chatkit.response.end', 'chatkit.thread.load.end'] as const;

/** Rejects when the chat refuses for another reason than that it is busy. */
export async function follow(chat: OpenAIChatKit, threadId: string | null, shown: () => string | null | undefined, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && shown() !== threadId) {
    try {
      await chat.setThreadId(threadId);
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      await ended(chat, signal);
    }
  }
}

const isBusy = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'busy';

function ended(chat: OpenAIChatKit, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = new AbortController();
    const finish = (): void => {
      done.abort();
      resolve();
    };
    for (const name of ends) chat.addEventListener(name, finish, { signal: done.signal });
    signal.addEventListener('abort', finish, { signal: done.signal });
  });
}
