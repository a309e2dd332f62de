/** Which nodes stand for which entity, so that previews find it. */
import type { Entity } from '@openai/chatkit';
import type { Shell } from './context';

const entities = new WeakMap<Node, Entity>();

export function standsFor(node: Node | null, entity: Entity): void {
  if (node !== null) entities.set(node, entity);
}

export function entityAt(node: Node): Entity | undefined {
  return entities.get(node);
}

/** Whether something happens when the user points at an entity or opens it. */
export function isLive(entity: { interactive?: boolean | null }, shell: Shell): boolean {
  const { onClick, onRequestPreview } = shell.options.peek()?.entities ?? {};
  return entity.interactive === true && (onClick !== undefined || onRequestPreview !== undefined);
}
