import type { ChannelSwitch, Preferences } from '../../../core/preferences.ts'
import type { UnitContext } from '../unit.ts'
import { putPreferences } from './users.ts'

/** True when it took mail before. */
export function suppressAddress(ctx: UnitContext, address: string, reason: string, at: number): boolean {
  return (
    ctx
      .sql('insert into suppressed_addresses (address, reason, at) values (?, ?, ?) on conflict do nothing')
      .run(address, reason, at).changes > 0
  )
}

export function liftAddress(ctx: UnitContext, address: string): boolean {
  return ctx.sql('delete from suppressed_addresses where address = ?').run(address).changes > 0
}

/**
 * Switches mail off for a type, or with null altogether, in one step, so that two who do so at once both have their way.
 */
export function stopEmail(ctx: UnitContext, userId: string, type: string | null, now: number): Preferences {
  const { channels } = putPreferences(ctx, userId, {}, now)
  const stopped: ChannelSwitch = { type: type ?? '*', email: false }
  const others = channels.flatMap((entry): readonly ChannelSwitch[] => {
    // Of all mail, a closer entry that wants some would win over `*`.
    return type === null || entry.type === type ? withoutEmail(entry) : [entry]
  })
  const same = others.find(entry => entry.type === stopped.type)
  const rest = others.filter(entry => entry !== same)
  return putPreferences(ctx, userId, { channels: [...rest, { ...same, ...stopped }] }, now)
}

/** An entry that switches nothing else goes. */
function withoutEmail(entry: ChannelSwitch): readonly ChannelSwitch[] {
  return entry.ws === undefined && entry.push === undefined ? [] : [{ ...entry, email: undefined }]
}
