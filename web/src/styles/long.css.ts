/** The button below the beginning of a long message. */
export const longCss = `
.bubble-more { display: block; min-height: 32px; margin-block: 4px -6px; color: var(--chatkit-color-text-secondary); text-decoration: underline; text-underline-offset: 0.2em; }
@media (pointer: coarse) { .bubble-more { min-height: 44px; } }
`;
