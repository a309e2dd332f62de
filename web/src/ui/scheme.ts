/** Values that depend on the colour scheme, for browsers that have no `light-dark()` yet: Chrome before 123, Safari before 17.5. */

/** One value for light, one for dark; to be used in any declaration. One of the two switches in tokens.ts is always nothing. */
export function lightDark(light: string, dark: string): string {
  return `var(--ck-light, ${light}) var(--ck-dark, ${dark})`;
}

/** Declarations that turn one side off: a guaranteed-invalid switch lets its fallback through, an empty one is nothing. */
export const schemeSwitches = { light: '--ck-light: initial; --ck-dark: ;', dark: '--ck-light: ; --ck-dark: initial;' } as const;
