/** The helpers for pages, built as `chatkit-page.js`. Their types, which ship too, are in `chatkit-page.d.ts`. */
export { askOnSelection } from './ask';
export { pageContext } from './context';
export { fetchWithPage } from './fetch';
export { chatKitReady } from './ready';
