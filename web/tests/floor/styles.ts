/** Which parts of CSS the element's style sheets use, where no `@supports` says what else there is. */
import postcss, { type AtRule, type ChildNode, type Declaration, type Rule } from 'postcss';
import { firstOf, tables, type Feature, type Use } from './compat';

type Found = readonly (readonly [name: string, feature: Feature | undefined])[];

const css = tables.get('css');

/** Functions and units by name, wherever they stand among the types. */
function index(branch: Feature | undefined, into = new Map<string, Feature>()): ReadonlyMap<string, Feature> {
  for (const [name, feature] of branch?.all() ?? []) {
    if (!into.has(name)) into.set(name, feature);
    index(feature, into);
  }
  return into;
}
const types = index(css?.get('types'));

function isGuarded(node: ChildNode): boolean {
  const { parent } = node;
  if (parent === undefined || parent.type === 'root' || parent.type === 'document') return false;
  return ('name' in parent && parent.name === 'supports') || isGuarded(parent as ChildNode);
}

function ofDeclaration({ prop, value }: Declaration): Found {
  const property = css?.get('properties', prop);
  const plain = value.replace(/(["']).*?\1/g, '').replace(/--[\w-]+/g, '');
  const words = (plain.match(/(?<![\d.#\w-])-?[a-z][a-z-]*\(?/gi) ?? []).map((word) => {
    const name = word.replace('(', '');
    return word.endsWith('(') ? ([`${name}()`, types.get(name)] as const) : ([`${prop}: ${name}`, property?.get(name)] as const);
  });
  const units = [...plain.matchAll(/\d([a-z]+)\b/g)].map(([, unit = '']) => [unit, types.get(unit)] as const);
  const relative = plain.includes('(from ') ? ([['relative colours', types.get('relative_syntax')]] as const) : [];
  return [[prop, property], ...words, ...units, ...relative];
}

function ofRule({ selector, parent }: Rule): Found {
  const names = (selector.match(/::?[a-z-]+/g) ?? []).map((name) => [name, css?.get('selectors', name.replace(/^::?/, ''))] as const);
  return parent?.type === 'rule' ? [...names, ['nested rules', css?.get('selectors', 'nesting')]] : names;
}

function ofAtRule({ name, params }: AtRule): Found {
  const features = [...params.matchAll(/\(\s*([a-z-]+)/g)].map(([, feature = '']) => [`@${name} ${feature}`, css?.get('at-rules', name, feature)] as const);
  return [[`@${name}`, css?.get('at-rules', name)], ...features];
}

function usesOf(node: ChildNode): Found {
  if (isGuarded(node)) return [];
  if (node.type === 'decl') return ofDeclaration(node);
  if (node.type === 'rule') return ofRule(node);
  return node.type === 'atrule' ? ofAtRule(node) : [];
}

export function styleUses(text: string, file: string): Use[] {
  const uses: Use[] = [];
  postcss.parse(text).walk((node) => {
    // Names with a vendor's prefix are for one engine by nature.
    const all = usesOf(node).filter(([name]) => !/^:{0,2}-(?:moz|webkit)-/.test(name));
    for (const [name, feature] of all) uses.push({ name, feature, at: `${file}:${node.source?.start?.line ?? 0}` });
  });
  return firstOf(uses);
}
