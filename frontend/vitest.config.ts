import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  test: {
    environment: 'happy-dom',
    include: ['test/**/*.test.{ts,tsx}'],
    setupFiles: ['test/setup.ts'],
    isolate: false,
    restoreMocks: true,
    // Property tests take their time on a busy machine.
    testTimeout: 30_000,
  },
});
