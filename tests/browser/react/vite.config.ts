/** The page of the tests, with React as it is for development: it warns of what it does not like, and StrictMode is strict. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  define: { 'process.env.NODE_ENV': '"development"' },
  resolve: { conditions: ['development', 'module', 'browser'] },
  publicDir: false,
  build: {
    outDir: 'dist/harness',
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: fileURLToPath(new URL('src/harness.tsx', import.meta.url)),
      output: { entryFileNames: 'harness.js', format: 'es' },
    },
  },
});
