import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const backend = process.env['CYTOLOOP_BACKEND'] ?? 'http://127.0.0.1:8000';
const proxy = Object.fromEntries(
  ['/api', '/admin', '/static'].map((path) => [path, { target: backend, changeOrigin: false }]),
);

// The site serves dist/index.html for every page path and dist/assets under /assets/.
export default defineConfig({
  base: '/',
  plugins: [react()],
  build: { outDir: 'dist', assetsDir: 'assets', target: 'es2022', sourcemap: false },
  server: { proxy },
});
