/** The lazy half of entities.ts: every name HTML knows. */
export { decodeHTMLStrict as decode } from 'entities/decode';
