/** Styles of pictures that wait for a press. */
export const picturesCss = `
.ck-md .ck-image-ask { font: inherit; font-size: 0.9em; text-align: start; background: none; cursor: pointer; min-block-size: 28px; max-inline-size: 100%; line-height: 1.4; vertical-align: middle; }
.ck-md a + .ck-image-ask { margin-inline-start: 0.4em; }
.ck-image-host { color: var(--chatkit-color-link); overflow-wrap: anywhere; }
.ck-md .ck-image-ask:focus-visible { outline: 2px solid var(--chatkit-color-focus); outline-offset: 2px; }
@media (pointer: coarse) { .ck-md .ck-image-ask { min-block-size: 44px; } }
`;
