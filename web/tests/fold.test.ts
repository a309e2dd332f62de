import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ended, fold, type ConversationState } from '../src/core/fold';
import type { ThreadItem, ThreadMetadata, ThreadStreamEvent } from '../src/core/protocol.generated';

interface WireState {
  thread: ThreadMetadata | null;
  items: ThreadItem[];
  progress: { text: string; icon?: string } | null;
  image_progress?: Record<string, number>;
}
interface Case {
  name: string;
  initial: WireState;
  events: ThreadStreamEvent[];
  ended?: boolean;
  ignored?: number[];
  expected: WireState;
}

const folder = join(import.meta.dirname, '../../protocol/cases');

function read(state: WireState): ConversationState {
  return { thread: state.thread, items: state.items, progress: state.progress, imageProgress: state.image_progress ?? {} };
}

/** So that a fold that changes what it was given throws. */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const { cases } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { cases: Case[] };
  describe(file, () => {
    test.each(cases.map((each) => [each.name, each] as const))('%s', (_name, given) => {
      let state = freeze(read(given.initial));
      const ignored: number[] = [];
      for (const [at, event] of given.events.entries()) {
        const folded = fold(state, freeze(event));
        if (folded.ignored !== undefined) {
          expect(folded.state).toBe(state);
          ignored.push(at);
        }
        state = freeze(folded.state);
      }
      if (given.ended) state = ended(state);
      expect(state).toEqual(read(given.expected));
      expect(ignored).toEqual(given.ignored ?? []);
    });
  });
}
