import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** One build for each contestant, so that none loads what another needs: `CONTESTANT=deep-chat OUT=folder vite build`. */
const { CONTESTANT = 'bare', OUT = 'dist' } = process.env;

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  logLevel: 'warn',
  resolve: { alias: { 'virtual:contestant': fileURLToPath(new URL(`src/${CONTESTANT}`, import.meta.url)) } },
  build: { target: 'es2022', outDir: OUT, emptyOutDir: true, chunkSizeWarningLimit: 10_000 },
});
