/** What `ec sandbox mutate` can do; the sandbox has a schema for each. */
export const SANDBOX_ACTIONS = [
  'event.create',
  'event.patch',
  'event.delete',
  'event.move',
  'calendar.create',
  'calendar.delete',
  'calendar.share',
  'calendar.expire-tokens',
  'list.expire-tokens',
  'channel.mute',
  'mail.receive',
  'mail.label',
  'mail.delete',
  'mail.expire-history',
  'grant.revoke',
  'keys.rotate',
  'account.add',
] as const

/** What can go wrong to order (`ec sandbox fault`). */
export const SANDBOX_FAULTS = ['drop', 'duplicate', 'reorder', 'delay', 'status', 'cut', 'refuse'] as const
