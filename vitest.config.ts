import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Tests run what is shipped: `#ec/...` is the build in dist/ (see package.json "imports").
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // The contract suites and end-to-end tests start agents and threads of their own.
    maxWorkers: 3,
  },
})
