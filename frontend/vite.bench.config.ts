import { defineConfig } from 'vite';

// The page of tests/benchmarks/canvas: an entry of its own, never part of the shipped page.
export default defineConfig({
  root: 'bench',
  base: './',
  build: {
    outDir: process.env['CYTOLOOP_BENCH_OUT'] ?? '../bench-dist',
    emptyOutDir: true,
    target: 'es2022',
  },
});
