import type { ChannelSwitch, Preferences } from '../../../core/preferences.ts'
import type { UnitContext } from '../unit.ts'
import { putPreferences } from './users.ts'

/** The users who have it; null when it took no mail before. */
export function suppressAddress(
  ctx: UnitContext,
  address: string,
  reason: string,
  at: number,
): readonly string[] | null {
  const { changes } = ctx
    .sql('insert into suppressed_addresses (address, reason, at) values (?, ?, ?) on conflict do nothing')
    .run(address, reason, at)
  return changes > 0 ? usersOf(ctx, address) : null
}

/** The users who have it; null when it was not suppressed. */
export function liftAddress(ctx: UnitContext, address: string): readonly string[] | null {
  const { changes } = ctx.sql('delete from suppressed_addresses where address = ?').run(address)
  return changes > 0 ? usersOf(ctx, address) : null
}

function usersOf(ctx: UnitContext, address: string): readonly string[] {
  const rows = ctx.sql<{ id: string }>('select id from users where email is not null and lower(email) = ?').all(address)
  return rows.map(({ id }) => id)
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
