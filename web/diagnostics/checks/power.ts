import type { Check } from '../check.ts'

const LOW = 0.2

export const powerCheck: Check = {
  code: 'browser.power',
  needs: [],
  deadlineMs: 2_000,
  async run({ ctx }) {
    const { saver, battery, charging } = await ctx.power.read()
    if (saver) return { status: 'warn', state: 'power.saver' }
    if (battery === null) return { status: 'skipped', state: 'power.untold' }
    const percent = Math.round(battery * 100)
    if (battery < LOW && !charging) return { status: 'warn', state: 'power.low', facts: { percent } }
    return { status: 'ok', state: 'power.enough', facts: { percent } }
  },
}
