import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { tell } from '../durability/tell.ts'
import { CALENDARS, histories } from '../support/history-steps.ts'
import { HistoryWorld } from '../support/history-world.ts'
import { judgeHistory } from '../support/judge-history.ts'
import { LONG } from '../support/long.ts'

const cases = Number(process.env['EC_CASES'] ?? (LONG ? 10_000 : 300))
const worlds = Math.ceil(cases / CALENDARS)
const seed = Number(process.env['EC_SEED'] ?? Date.now() % 2 ** 31)
/** Where in the seed's run it fell, as fast-check prints it. */
const path = process.env['EC_PATH'] ?? ''

it(
  `through ${worlds} times ${CALENDARS} histories of calendars each copy is the truth, and each change is told once`,
  { timeout: 120_000 + worlds * 60_000 },
  async () => {
    tell({ proof: 'sync histories', cases: worlds * CALENDARS, seed })
    const property = fc.asyncProperty(histories, async history => {
      const world = await HistoryWorld.open(history)
      try {
        for (const step of history.steps) await world.perform(step)
        await world.mend()
        expect(judgeHistory(world.outcome())).toEqual([])
        const { onWire, inLedger } = world.calls()
        expect(inLedger, 'each request that a service saw stands in the ledger').toBe(onWire)
      } finally {
        await world.close()
      }
    })
    await fc.assert(property, {
      seed,
      // One that is had again is not made smaller again.
      ...(path === '' ? {} : { path, endOnFailure: true }),
      numRuns: worlds,
      // Else most histories are short.
      unbiased: true,
      // Each try at a smaller one costs seconds.
      interruptAfterTimeLimit: LONG ? 5 * 3_600_000 : 100_000 + worlds * 20_000,
      markInterruptAsFailure: true,
    })
  },
)
