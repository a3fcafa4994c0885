// What the screens cost: `ec top` on a real agent that takes 200 events a second, beside a bare Ink app that redraws a
// text of the same size four times a second. Both run at once in pseudo-terminals, so they share the machine's moods.
//   node bench/tui.js [--rounds 5] [--seconds 20] [--rate 200] [--columns 120] [--rows 40]
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ask, cpuMs, median, start } from './support/child.js'
import { inTerminal } from './support/in-terminal.js'
import { pace } from './support/open-loop.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '200' },
    columns: { type: 'string', default: '120' },
    rows: { type: 'string', default: '40' },
  },
})
const [rounds, seconds, rate] = [values.rounds, values.seconds, values.rate].map(Number)
const size = { columns: Number(values.columns), rows: Number(values.rows) }
const EC = fileURLToPath(new URL('../bin/ec.js', import.meta.url))
const BARE = fileURLToPath(new URL('support/bare-ink.js', import.meta.url))
/** React, the JIT and the first screen. */
const WARM_UP_S = 5

const results = []
for (let round = 0; round < rounds; round++) results.push(await measure())
const of = (who, name) => median(results.map(result => result[who][name]))
console.log(
  JSON.stringify(
    {
      bench: 'tui',
      node: process.version,
      rounds,
      secondsPerRound: seconds,
      eventsPerSecond: rate,
      terminal: `${size.columns}x${size.rows}`,
      bareInk: { redrawsPerSecond: of('bare', 'redraws'), corePercent: of('bare', 'core') },
      top: {
        redrawsPerSecond: of('top', 'redraws'),
        corePercent: of('top', 'core'),
        kbPerSecond: of('top', 'kb'),
        eventsCounted: of('top', 'seen'),
        eventsEmitted: rate * (WARM_UP_S + seconds),
      },
      corePercentMoreThanBare: Number(median(results.map(({ top, bare }) => top.core - bare.core)).toFixed(2)),
    },
    null,
    2,
  ),
)

async function measure() {
  const server = await start('agent-server.js')
  const top = await inTerminal([EC, 'top', '--data-dir', dirname(server.socket)], { ...size, drawn: '\u001b[?2026h' })
  // Ink's own frames begin so too.
  const bare = await inTerminal([BARE], { ...size, drawn: '\u001b[?2026h' })
  const emitting = pace(rate, WARM_UP_S + seconds, n => ask(server.socket, 'POST', '/api/events', eventOf(n)))
  await sleep(WARM_UP_S)
  const before = [top, bare].map(read)
  await sleep(seconds)
  const after = [top, bare].map(read)
  await emitting
  const [said] = await Promise.all([top.stop(), bare.stop()])
  await server.stop()
  const seen = Number(/(\d+) events,/.exec(said)?.[1])
  const [topResult, bareResult] = after.map((now, i) => difference(before[i], now))
  return { top: { ...topResult, seen }, bare: bareResult }
}

function eventOf(n) {
  return { user_id: `u${n % 5}`, type: 'task.created', title: `Task ${n}: look at it, please`, body: 'of some kind' }
}

function read({ pid, counts }) {
  return { at: performance.now(), cpu: cpuMs(pid), ...counts() }
}

function difference(before, now) {
  const ms = now.at - before.at
  return {
    redraws: Number((((now.redraws - before.redraws) * 1000) / ms).toFixed(2)),
    core: Number((((now.cpu - before.cpu) * 100) / ms).toFixed(2)),
    kb: Number(((now.bytes - before.bytes) / ms).toFixed(1)),
  }
}

function sleep(s) {
  return new Promise(resolve => setTimeout(resolve, s * 1000))
}
