// How long commands take to start, beside `node -e 0` in the same run: medians of interleaved runs, as JSON.
// Usage: node bench/startup.js [runs]
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ec = fileURLToPath(new URL('../bin/ec.js', import.meta.url))
const runs = Math.max(15, Number(process.argv[2] ?? 15))
const BASE = 'node -e 0'
const programs = {
  [BASE]: ['-e', '0'],
  // The same again: how far apart two equal programs come out tells what the other ratios are worth.
  'node -e 0 (again)': ['-e', '0'],
  'ec --help': [ec, '--help'],
  'ec --version': [ec, '--version'],
  'ec help emit': [ec, 'help', 'emit'],
  // What a shell asks when TAB is pressed: of the table alone, and of an agent that is not there.
  'ec complete (a flag)': [ec, 'complete', '--', 'emit', '--level', ''],
  'ec complete (an id, no agent)': [ec, 'complete', '--', '--data-dir', '/nowhere', 'events', 'show', ''],
  // Nothing listens there: all that a command does before the first byte leaves.
  'ec status (no agent)': [ec, 'status', '--url', 'http://127.0.0.1:1'],
  'ec emit (no agent)': [ec, 'emit', '--type', 'job.done', '--url', 'http://127.0.0.1:1'],
}

const times = Object.fromEntries(Object.keys(programs).map(name => [name, []]))
for (let run = 0; run <= runs; run++) {
  for (const [name, args] of Object.entries(programs)) {
    const started = process.hrtime.bigint()
    spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'ignore'] })
    // The first round only warms the file cache.
    if (run > 0) times[name].push(Number(process.hrtime.bigint() - started) / 1e6)
  }
}

const base = median(times[BASE])
const results = Object.entries(times).map(([name, values]) => {
  const ms = median(values)
  return { program: name, median_ms: round(ms), min_ms: round(Math.min(...values)), ratio: round(ms / base) }
})
const help = results.find(({ program }) => program === 'ec --help')
console.log(
  JSON.stringify(
    { bench: 'startup', node: process.version, runs, yardstick: BASE, goal: 1.6, ratio: help.ratio, results },
    null,
    2,
  ),
)

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

function round(value) {
  return Math.round(value * 100) / 100
}
