import { defineConfig } from 'vitest/config'

const common = {
  // Tests run what is shipped: `#ec/...` is the build in dist/ (see package.json "imports").
  testTimeout: 60_000,
  hookTimeout: 60_000,
  pool: 'forks',
  // What a test waits for comes when it comes: a busy machine is no failure.
  expect: { poll: { timeout: 20_000 } },
} as const

const PROOFS = [
  'test/e2e/agent-sandbox.test.ts',
  'test/e2e/durability-*.test.ts',
  'test/e2e/doctor-*.test.ts',
  'test/e2e/reverse-proxy.test.ts',
  'test/e2e/sync-*.test.ts',
  'test/integration/keep-heap-small.test.ts',
  'test/integration/sync-histories.test.ts',
]

export default defineConfig({
  test: {
    // The contract suites and end-to-end tests start agents and threads of their own.
    maxWorkers: 3,
    projects: [
      // They change nothing outside themselves, so files may share a process: a third of their time was its start.
      { test: { ...common, name: 'parts', isolate: false, include: ['test/{unit,house,contract}/**/*.test.ts'] } },
      { test: { ...common, name: 'whole', include: ['test/{integration,e2e}/**/*.test.ts'], exclude: PROOFS } },
      // Agents that are killed under load, hundreds of histories of the sync, everything that the doctor looks at made to fail,
      // real proxies: minutes of work, which `npm run check` adds to `npm test`. Some type a dozen commands one after the other.
      { test: { ...common, name: 'proofs', testTimeout: 180_000, include: PROOFS } },
      // Real browsers, which `npm run check` adds where they are installed. A browser that a busy machine keeps from starting in
      // time says nothing of ours, so a test that fails is run once more; the report names those.
      { test: { ...common, name: 'browser', retry: 1, include: ['test/browser/**/*.test.ts'] } },
    ],
  },
})
