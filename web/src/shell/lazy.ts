/** A chunk of its own: fetched when somebody asks, once, and again after a failure. */
import { signal } from '@preact/signals';

export class Lazy<T> {
  /** The module once it is there. */
  readonly module = signal<T | null>(null);
  #loading: Promise<T> | null = null;

  constructor(private readonly fetch: () => Promise<T>) {}

  /** Resolves with the module; rejects when it could not be fetched. */
  load(): Promise<T> {
    this.#loading ??= this.fetch().then(
      (module) => (this.module.value = module),
      (error: unknown) => {
        this.#loading = null;
        throw error;
      },
    );
    return this.#loading;
  }
}
