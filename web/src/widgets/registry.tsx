/** Component types and their renderers. */
import { Component, type ComponentChildren, type JSX } from 'preact';
import { forAllElements, type OwnRenderers } from '../core/own-renderers';
import { CustomView } from './CustomView';
import { ScopeContext, type WidgetScope } from './scope';
import type { WidgetNode, WidgetRenderer } from './types';
import { isRecord } from '../core/validate';

const renderers = new Map<string, WidgetRenderer>();

/** Adds or replaces the renderer of a component type. */
export function registerWidget(type: string, renderer: WidgetRenderer): void {
  renderers.set(type, renderer);
}

interface NodeProps {
  node: WidgetNode;
}

/** One component of any type. What cannot be rendered is nothing to see and one log line. */
export class WidgetPart extends Component<NodeProps, { failed: WidgetNode | null }> {
  static override contextType = ScopeContext;
  override state = { failed: null };
  private reported = '';
  private stop: (() => void) | undefined;

  override componentDidMount(): void {
    // A type that nobody knows may be registered later, or anew.
    if (!renderers.has(this.props.node.type)) this.stop = this.own.onChange(() => this.setState({ failed: null }));
  }

  override componentWillUnmount(): void {
    this.stop?.();
  }

  override componentDidCatch(error: unknown): void {
    this.setState({ failed: this.props.node });
    this.log('widget.render_failed', { type: this.props.node.type, message: String(error) });
  }

  override render({ node }: NodeProps, { failed }: { failed: WidgetNode | null }): ComponentChildren {
    if (failed === node) return null;
    const Renderer = renderers.get(node.type);
    if (Renderer) return <Renderer node={node} />;
    const custom = this.own.find('Widget', node.type);
    if (custom) return <CustomView key={node.type} node={node} renderer={custom} />;
    // Once, not at each update of a widget that streams.
    if (this.reported !== node.type) this.log('widget.unknown_component', { type: node.type });
    this.reported = node.type;
    return null;
  }

  private get own(): OwnRenderers {
    return (this.context as WidgetScope | null)?.host.renderers ?? forAllElements;
  }

  private log(name: string, data: Record<string, unknown>): void {
    (this.context as WidgetScope | null)?.host.log(name, data);
  }
}

export function isNode(value: unknown): value is WidgetNode {
  return isRecord(value) && typeof value['type'] === 'string';
}

/** A node's children; a single child stands for a list of one. */
export function childrenOf(node: WidgetNode): WidgetNode[] {
  const { children } = node;
  return (Array.isArray(children) ? children : [children]).filter(isNode);
}

/** Keys make state follow its component when siblings come and go: the given key or id, a field's name, else its place among its kind. */
function keyOf(node: WidgetNode, place: number): string {
  const name = node.key ?? node.id ?? (typeof node['name'] === 'string' ? `field ${node['name']}` : undefined);
  return name === undefined ? `${place} ${node.type}` : `${name} ${node.type}`;
}

export function Children({ of }: { of: WidgetNode }): JSX.Element {
  const used = new Set<string>();
  const places = new Map<string, number>();
  return (
    <>
      {childrenOf(of).map((node, index) => {
        const place = places.get(node.type) ?? 0;
        places.set(node.type, place + 1);
        let key = keyOf(node, place);
        if (used.has(key)) key = `${key} ${index}`;
        used.add(key);
        return <WidgetPart key={key} node={node} />;
      })}
    </>
  );
}
