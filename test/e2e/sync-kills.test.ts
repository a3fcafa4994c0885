import { expect, it } from 'vitest'
import { tell } from '../durability/tell.ts'
import { LONG } from '../support/long.ts'
import { KilledSync } from '../support/killed-sync.ts'
import { judgeHistory } from '../support/judge-history.ts'
import { until } from '../support/until.ts'

const kills = Number(process.env['EC_KILLS'] ?? (LONG ? 100 : 5))
const seed = Number(process.env['EC_SEED'] ?? Date.now() % 2 ** 31)

it(
  `${kills} kills leave each copy as the truth is, and each change told once`,
  { timeout: 180_000 + kills * 15_000 },
  async () => {
    tell({ proof: 'sync kills', seed })
    const sync = await KilledSync.open(seed)
    for (let n = 0; n < kills; n += 1) await sync.killAndStart()
    await sync.calm()
    // What was sent while it was dead is caught up on within half a minute.
    await until(
      () => sync.leftToRead(),
      left => left.length === 0,
      120_000,
    )
    const violations = judgeHistory(await sync.outcome())
    tell({ proof: 'sync kills', kills, ...sync.figures() })
    expect(violations.slice(0, 20)).toEqual([])
    expect(sync.figures().told).toBeGreaterThan(kills)
  },
)
