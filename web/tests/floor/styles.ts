/** Which parts of CSS the element's style sheets use, outside of `@supports`. */
import postcss, { type AtRule, type ChildNode, type Declaration, type Rule } from 'postcss';
import { data, type Feature } from './compat';
import type { Use } from './scripts';

const css = data['css'] as Feature;

/** Values, functions and units by name, wherever they stand in the table of types. */
function index(table: Feature, into = new Map<string, Feature>()): Map<string, Feature> {
  for (const [name, feature] of Object.entries(table)) {
    if (name === '__compat' || feature === undefined) continue;
    if (!into.has(name)) into.set(name, feature);
    index(feature, into);
  }
  return into;
}
const types = index(css['types'] as Feature);

const guarded = (node: ChildNode): boolean => {
  for (let up = node.parent; up !== undefined && up.type !== 'root'; up = up.parent as typeof up) if (up.type === 'atrule' && (up as AtRule).name === 'supports') return true;
  return false;
};

type Found = readonly (readonly [name: string, feature: Feature | undefined])[];

function ofDeclaration({ prop, value }: Declaration): Found {
  const property = prop.startsWith('--') ? undefined : css['properties']?.[prop];
  const words = value.replace(/(["']).*?\1/g, '').replace(/--[\w-]+/g, '').match(/-?[a-z][a-z-]*\(?/gi) ?? [];
  const units = [...value.matchAll(/\d(cq[whib]|cqmin|cqmax|r?lh|[sld]v[whib]|cap|ic)\b/g)].map(([, unit = '']) => [unit, types.get(unit)] as const);
  const inValue = words.map((word) => {
    const name = word.replace('(', '');
    return word.endsWith('(') ? [`${name}()`, types.get(name) ?? property?.[name]] as const : [`${prop}: ${name}`, property?.[name]] as const;
  });
  const relative = /\((?:from) /.test(value) ? [[`${prop}: relative colour`, types.get('relative_syntax')] as const] : [];
  return [[prop, property], ...inValue, ...units, ...relative];
}

function ofSelector({ selector }: Rule): Found {
  return (selector.match(/::?[a-z-]+/g) ?? []).map((name) => [name, css['selectors']?.[name.replace(/^::?/, '')]] as const);
}

function ofAtRule({ name, params }: AtRule): Found {
  const rule = css['at-rules']?.[name];
  return [[`@${name}`, rule], ...(params.match(/[a-z-]+(?=:|\))/g) ?? []).map((feature) => [`@${name} ${feature}`, rule?.[feature]] as const)];
}

/** Everything that a sheet uses, once. */
export function stylesUses(text: string, file: string): Use[] {
  const found = new Map<string, Use>();
  postcss.parse(text).walk((node) => {
    if (guarded(node)) return;
    const all = node.type === 'decl' ? ofDeclaration(node) : node.type === 'rule' ? [...ofSelector(node), ...(node.parent?.type === 'rule' ? [['nesting', css['selectors']?.['nesting']] as const] : [])] : node.type === 'atrule' ? ofAtRule(node) : [];
    for (const [name, feature] of all) if (!found.has(name)) found.set(name, { name, feature, at: `${file}:${node.source?.start?.line ?? 0}` });
  });
  return [...found.values()];
}
