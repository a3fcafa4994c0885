import { isObject } from '../../shared/is-object.ts'
import type { PowerPort } from '../context.ts'

/** Chromium alone tells of either, so neither stands in the types. */
export function createPowerPort(): PowerPort {
  return {
    async read() {
      const connection: unknown = Reflect.get(navigator, 'connection')
      const saver = isObject(connection) && connection['saveData'] === true
      const getBattery: unknown = Reflect.get(navigator, 'getBattery')
      if (typeof getBattery !== 'function') return { saver, battery: null, charging: false }
      const battery: unknown = await getBattery.call(navigator)
      if (!isObject(battery) || typeof battery['level'] !== 'number') return { saver, battery: null, charging: false }
      return { saver, battery: battery['level'], charging: battery['charging'] === true }
    },
  }
}
