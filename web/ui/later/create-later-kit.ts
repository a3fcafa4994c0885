import type { BuiltInType } from '../../../src/core/event.ts'
import { LATER, type LaterWord } from '../../words/later.ts'
import type { Kit } from '../kit.ts'
import type { LaterKit } from './later-kit.ts'

const NAMES: Readonly<Record<BuiltInType, LaterWord>> = {
  'action.required': 'action',
  'job.done': 'done',
  'message.new': 'message',
  'reminder.due': 'reminder',
  'system.alert': 'alert',
  'job.progress': 'progress',
}

export function createLaterKit(kit: Kit): LaterKit {
  const tell = kit.createSay(kit.lang, LATER[kit.lang])
  return {
    kit,
    tell,
    builtIn: Object.keys(NAMES).filter(type => type !== 'job.progress'),
    nameOf(type) {
      const known = Object.entries(NAMES).find(([name]) => name === type)
      return known === undefined ? kit.cleanLine(type, 60) : tell(known[1])
    },
  }
}
