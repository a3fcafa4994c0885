import { expect, it } from 'vitest'
import { LONG } from '../support/long.ts'
import { runKillTest } from '../durability/kill.ts'
import { tell } from '../durability/tell.ts'
import { tempDir } from '../support/temp-dir.ts'

const kills = Number(process.env['EC_KILLS'] ?? (LONG ? 20 : 6))
const seed = Number(process.env['EC_SEED'] ?? Date.now() % 2 ** 31)

it(`loses nothing and repeats nothing through ${kills} kills`, { timeout: 120_000 + kills * 10_000 }, async () => {
  const result = await runKillTest({ dataDir: tempDir(), kills, seed })
  tell({ proof: 'kills', ...result })
  expect(result.violations.slice(0, 20)).toEqual([])
})
