/**
 * The font that formulas are drawn in. Browsers lay out MathML by tables that only fonts for mathematics have; few machines
 * have one. It comes from the element's own origin, with the first formula, unless the machine has the same font.
 */
import address from '@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2?url';

const FAMILY = 'ChatKit Math';
/** Formulas appear once, in their font, but they don't wait for a slow one. */
const PATIENCE_MS = 1500;

let ready: Promise<void> | undefined;

/** Resolves when the font is there, failed to come, or takes too long. */
export function mathFont(): Promise<void> {
  return (ready ??= load());
}

async function load(): Promise<void> {
  if (typeof FontFace !== 'function') return;
  const face = new FontFace(FAMILY, `local("STIX Two Math"), local("STIXTwoMath-Regular"), url(${JSON.stringify(address)}) format("woff2")`, { display: 'swap' });
  document.fonts.add(face);
  const late = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS));
  // Without it formulas are drawn in what the machine has.
  await Promise.race([face.load().then(() => undefined, () => undefined), late]);
}
