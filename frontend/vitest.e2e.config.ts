import { defineConfig } from 'vitest/config';

// Node scripts that drive Chromium against a running site; tests/e2e/test_browser.py starts it.
export default defineConfig({
  test: {
    environment: 'node',
    include: ['e2e/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
