import { describe, expect, it } from 'vitest';
import { loadingOf, mergePayload, waitsForResponse } from '../../src/widgets/actions';
import { shows } from '../support/shows';

const values = (entries: Record<string, unknown>): Map<string, unknown> => new Map(Object.entries(entries));

describe('payloads', () => {
  it('gain the form values, nested at dots', () => {
    const { payload, collisions } = mergePayload({ id: 7, todo: { list: 'home' } }, values({ 'todo.title': 'Milk', done: false }));
    expect(payload).toEqual({ id: 7, todo: { list: 'home', title: 'Milk' }, done: false });
    expect(collisions).toEqual([]);
  });

  it('keep their own value where a field wants the same place, and name the field', () => {
    const own = { id: 7, todo: 'text' };
    const { payload, collisions } = mergePayload(own, values({ id: '8', 'todo.title': 'x', other: 1 }));
    expect(payload).toEqual({ id: 7, todo: 'text', other: 1 });
    expect(collisions).toEqual(['id', 'todo.title']);
    expect(own).toEqual({ id: 7, todo: 'text' });
  });

  it('are left alone without fields', () => {
    expect(mergePayload(undefined, values({}))).toEqual({ payload: undefined, collisions: [] });
    expect(mergePayload({ a: 1 }, values({}))).toEqual({ payload: { a: 1 }, collisions: [] });
  });

  it('that are no objects stay, and all fields are reported', () => {
    expect(mergePayload([1], values({ a: 1 }))).toEqual({ payload: [1], collisions: ['a'] });
  });

  it('never reach a prototype', () => {
    const { collisions } = mergePayload({}, values({ '__proto__.x': 1, 'constructor.prototype.x': 1, 'a..b': 1 }));
    expect(collisions).toHaveLength(3);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('loading behaviour', () => {
  it('follows what fired the action when it is automatic', shows('own:action.loadingBehavior'), () => {
    const action = { type: 'a' };
    expect(['click', 'change', 'submit', 'card', 'item'].map((trigger) => loadingOf(action, trigger as 'click'))).toEqual(['self', 'none', 'container', 'container', 'container']);
    expect(loadingOf({ type: 'a', loadingBehavior: 'none' }, 'submit')).toBe('none');
    expect(loadingOf({ type: 'a', loadingBehavior: 'auto' }, 'click')).toBe('self');
  });

  it('makes only streaming server actions wait for a response', () => {
    expect(waitsForResponse({ type: 'a' })).toBe(true);
    expect(waitsForResponse({ type: 'a', streaming: false })).toBe(false);
    expect(waitsForResponse({ type: 'a', handler: 'client' })).toBe(false);
  });
});
