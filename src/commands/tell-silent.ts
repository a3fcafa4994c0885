import type { DeviceRow } from '../client.ts'

/** Says of a device that its push service takes messages for it, and that the person may see nothing all the same. */
export function tellSilent({ id, name, platform, unshown, last_shown_at }: DeviceRow): string {
  const said =
    last_shown_at === null ? 'it never said that it showed one' : 'it has not said that it showed one of them'
  return `${name ?? platform ?? id}: its push service took ${unshown} messages, but ${said}; \`ec devices test ${id}\` tries it`
}
