/**
 * The page of the tests, with React as it is for development: it warns of what it does not like, and StrictMode is strict. In the
 * mode `own` the package of our own stands in OpenAI's place.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig(({ mode }) => ({
  base: './',
  define: { 'process.env.NODE_ENV': '"development"' },
  resolve: {
    conditions: ['development', 'module', 'browser'],
    // Our own package is a folder of the element's build, without packages of its own.
    preserveSymlinks: true,
    alias: mode === 'own' ? { '@openai/chatkit-react': '@open-chatkit/react' } : {},
  },
  publicDir: false,
  build: {
    outDir: mode === 'own' ? 'dist/own' : 'dist/harness',
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: mode === 'own' ? { harness: file('src/harness.tsx'), plain: file('src/plain.tsx') } : { harness: file('src/harness.tsx') },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]', format: 'es' },
    },
  },
}));
