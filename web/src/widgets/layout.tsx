/** Containers without behaviour of their own: Basic, Box, Row, Col, Spacer, Divider, Transition. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { boxStyles } from './box';
import { childrenOf, Children, WidgetPart } from './registry';
import type { WidgetNode } from './types';
import * as v from '../ui/values';

interface Props {
  node: WidgetNode;
}

function direction(node: WidgetNode, fallback: 'row' | 'col'): string {
  const given = node['direction'];
  return given === 'row' || given === 'col' ? given : fallback;
}

export function Box({ node }: Props): JSX.Element {
  return <div class={`w-box w-${direction(node, 'col')}`} style={boxStyles(node)}><Children of={node} /></div>;
}

export function Row({ node }: Props): JSX.Element {
  return <div class="w-box w-row" style={boxStyles(node)}><Children of={node} /></div>;
}

export function Col({ node }: Props): JSX.Element {
  return <div class="w-box w-col" style={boxStyles(node)}><Children of={node} /></div>;
}

export function Basic({ node }: Props): JSX.Element {
  return <div class={`w-basic w-${direction(node, 'col')}`} data-scheme={schemeOf(node)} style={boxStyles(node)}><Children of={node} /></div>;
}

/** A root's own colour scheme; undefined follows the chat. */
export function schemeOf(node: WidgetNode): 'light' | 'dark' | undefined {
  return node['theme'] === 'light' || node['theme'] === 'dark' ? node['theme'] : undefined;
}

export function Spacer({ node }: Props): JSX.Element {
  const minimum = v.size(node['minSize']);
  return <div class="w-spacer" style={minimum === undefined ? {} : { 'min-width': minimum, 'min-height': minimum }} />;
}

export function Divider({ node }: Props): JSX.Element {
  const styles: v.Styles = {};
  const color = v.color(node['color'], 'border');
  const thickness = v.size(node['size']);
  const distance = v.spacing(node['spacing']);
  if (color !== undefined) styles['--w-divider-color'] = color;
  if (thickness !== undefined) styles['--w-divider-size'] = thickness;
  if (distance !== undefined) styles['--w-divider-spacing'] = distance;
  return <hr class={node['flush'] === true ? 'w-divider w-flush' : 'w-divider'} style={styles} />;
}

const MOVE = { duration: 150, easing: 'cubic-bezier(0.2, 0, 0, 1)' } as const;

function wantsMotion(): boolean {
  return typeof matchMedia === 'function' && !matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Animates height and opacity when its child becomes another component. */
export function Transition({ node }: Props): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const before = useRef<{ height: number; key: string } | null>(null);
  const child = childrenOf(node)[0];
  const key = child ? `${child.type} ${child.key ?? child.id ?? ''}` : '';
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const height = element.offsetHeight;
    const last = before.current;
    before.current = { height, key };
    if (!last || last.key === key || typeof element.animate !== 'function' || !wantsMotion()) return;
    element.animate([{ height: `${last.height}px`, overflow: 'clip' }, { height: `${height}px`, overflow: 'clip' }], MOVE);
    element.firstElementChild?.animate([{ opacity: 0 }, { opacity: 1 }], MOVE);
  });
  return <div class="w-transition" ref={frame}>{child && <WidgetPart key={key} node={child} />}</div>;
}
