import type { BuiltInType } from '../../../src/core/event.ts'
import { PANEL, type PanelWord } from '../../words/panel.ts'
import type { Kit } from '../kit.ts'
import type { PanelKit } from './panel-kit.ts'

const NAMES: Readonly<Record<BuiltInType, PanelWord>> = {
  'action.required': 'action',
  'job.done': 'done',
  'message.new': 'message',
  'reminder.due': 'reminder',
  'system.alert': 'alert',
  'job.progress': 'progress',
}

export function createPanelKit(kit: Kit): PanelKit {
  const tell = kit.createSay(kit.lang, PANEL[kit.lang])
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
