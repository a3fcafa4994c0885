import type { Fix } from '../fix.ts'

export const playFix: Fix = {
  name: 'play',
  again: [],
  deadlineMs: 10_000,
  async run({ sound }, tell) {
    const found = await sound.play()
    if (found === 'played') tell('browser.sound', { status: 'ok', state: 'sound.played', fixes: ['play'] })
    else if (found === 'blocked') tell('browser.sound', { status: 'warn', state: 'sound.blocked', fixes: ['play'] })
    else tell('browser.sound', { status: 'warn', state: 'sound.none', fixes: ['play'] })
  },
}
