/** Stands in the frame for the layout engine ELK, whose licence is not permissive. Diagrams are laid out by Dagre. */
export default function withoutElk(): never {
  throw new Error('the layout "elk" is not part of this chat');
}
