/** A chunk of its own: fetched when somebody asks, or when there is time; once, and again after a failure. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { missingChunk, twice } from '../lazy-import';
import { useShell } from './context';

export class Lazy<T> {
  /** The module once it is there. */
  readonly module = signal<T | null>(null);
  /** Somebody waits for it, in vain. */
  readonly missing = signal(false);
  #loading: Promise<T> | null = null;

  /** `inPlace`: where it is missed, its place says so; otherwise the shell does, above the composer. */
  constructor(private readonly fetch: () => Promise<T>, private readonly inPlace = false) {}

  /** Resolves with the module; rejects when it could not be fetched. */
  load(): Promise<T> {
    const loading = this.#fetch();
    loading.catch(() => {
      this.missing.value = true;
      if (!this.inPlace) missingChunk.value = true;
    });
    return loading;
  }

  /** Fetches it before it is needed. A failure does not matter yet. */
  prepare(): void {
    this.#fetch().catch(() => undefined);
  }

  #fetch(): Promise<T> {
    this.#loading ??= twice(this.fetch).then(
      (module) => {
        this.missing.value = false;
        return (this.module.value = module);
      },
      (error: unknown) => {
        this.#loading = null;
        throw error;
      },
    );
    return this.#loading;
  }
}

/** The module, null as long as it is not wanted or not there. */
export function useLazy<T>(lazy: Lazy<T>, wanted: boolean): T | null {
  const { chat } = useShell();
  useEffect(() => {
    if (wanted) lazy.load().catch((error: unknown) => chat.log('part.unavailable', { message: String(error) }));
  }, [lazy, wanted, chat]);
  return wanted ? lazy.module.value : null;
}
