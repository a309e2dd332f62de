/** Stands in the place of `uc.micro` in markdown-it's imports: the same classes from the browser's own tables. */
export const Any = /[^]/u;
export const Cc = /\p{Cc}/u;
export const Cf = /\p{Cf}/u;
export const P = /\p{P}/u;
export const S = /\p{S}/u;
export const Z = /\p{Z}/u;
