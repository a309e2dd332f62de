/**
 * Runs in the frame that draws diagrams, never in the page: a document of an opaque origin whose policy lets it load nothing
 * but its own scripts (scripts/diagram-frame.ts writes it). Mermaid assigns markup, which the page's Trusted Types would not let
 * it do, and works on text that a model has written. What leaves the frame is text: an SVG document, or what was wrong.
 */
import DOMPurify, { type Config } from 'dompurify';
import mermaid, { type MermaidConfig } from 'mermaid';
import type { Drawing, Request } from './renderer';

const LONGEST_MESSAGE = 160;

const palettes = {
  light: {
    background: '#f7f7f7', primaryColor: '#ffffff', primaryTextColor: '#1c1c20', primaryBorderColor: '#b4b4be', lineColor: '#6d6d78', textColor: '#1c1c20',
    secondaryColor: '#e6eefc', secondaryBorderColor: '#9db7e4', tertiaryColor: '#efeff1', tertiaryBorderColor: '#d5d5dc', tertiaryTextColor: '#1c1c20',
    noteBkgColor: '#fdf4d7', noteBorderColor: '#dfc978', noteTextColor: '#1c1c20', edgeLabelBackground: '#f7f7f7',
  },
  dark: {
    background: '#202224', primaryColor: '#303338', primaryTextColor: '#f2f2f5', primaryBorderColor: '#6a6a75', lineColor: '#a3a3ae', textColor: '#f2f2f5',
    secondaryColor: '#26344d', secondaryBorderColor: '#55719f', tertiaryColor: '#28282c', tertiaryBorderColor: '#4b4b54', tertiaryTextColor: '#f2f2f5',
    noteBkgColor: '#423a1e', noteBorderColor: '#85733a', noteTextColor: '#f2f2f5', edgeLabelBackground: '#202224',
  },
} as const;

/** What the text of a diagram may not change, beside what Mermaid itself guards. */
const guarded = ['secure', 'securityLevel', 'startOnLoad', 'maxTextSize', 'maxEdges', 'suppressErrorRendering', 'dompurifyConfig', 'htmlLabels', 'themeCSS', 'fontFamily', 'layout'];

/** What may be in a drawing: SVG, and the text in boxes that some kinds of diagram have. */
const allowed: Config & { RETURN_DOM_FRAGMENT: true } = {
  ADD_TAGS: ['foreignobject'],
  ADD_ATTR: ['dominant-baseline'],
  HTML_INTEGRATION_POINTS: { foreignobject: true },
  RETURN_DOM_FRAGMENT: true,
};

function configOf({ scheme, limit }: Request): MermaidConfig {
  return {
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    maxTextSize: limit,
    maxEdges: 400,
    secure: guarded,
    // Labels as SVG text: HTML in an SVG image is not drawn alike everywhere.
    htmlLabels: false,
    fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
    look: 'classic',
    layout: 'dagre',
    theme: 'base',
    themeVariables: { ...palettes[scheme], darkMode: scheme === 'dark', fontSize: '14px', useGradient: false, dropShadow: 'none' },
  };
}

/** The size that an SVG's view box gives it, in CSS pixels. */
function sizeOf(svg: SVGSVGElement): { width: number; height: number } {
  const { width, height } = svg.viewBox.baseVal;
  return { width: Math.ceil(width), height: Math.ceil(height) };
}

async function draw(request: Request): Promise<Drawing> {
  mermaid.initialize(configOf(request));
  const holder = document.createElement('div');
  document.body.replaceChildren(holder);
  const { svg: markup } = await mermaid.render('diagram', request.source, holder);
  const svg = DOMPurify.sanitize(markup, allowed).querySelector('svg');
  if (svg === null) throw new Error('nothing was drawn');
  const size = sizeOf(svg);
  svg.setAttribute('width', String(size.width));
  svg.setAttribute('height', String(size.height));
  svg.style.removeProperty('max-width');
  // Serialised as XML: an image wants a well-formed document, which Mermaid's markup is not always.
  return { svg: new XMLSerializer().serializeToString(svg), ...size };
}

addEventListener('message', (event: MessageEvent<Request>) => {
  const [port] = event.ports;
  if (event.source !== parent || port === undefined) return;
  draw(event.data).then(
    (drawing) => port.postMessage(drawing),
    (error: unknown) => {
      const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      port.postMessage({ problem: line.replace(/:\s*$/, '').slice(0, LONGEST_MESSAGE) });
    },
  );
});
