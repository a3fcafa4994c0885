import type { Ports, ShownNotice } from './ports.ts'

/** Takes a notification of an event off the screen; nobody put it away. */
export function closeNotice({ dealtWith }: Pick<Ports, 'dealtWith'>, notice: ShownNotice): void {
  const id = eventOf(notice)
  if (id !== null) dealtWith.add(id)
  notice.close()
}

/** The event that a notification of ours is about; null for any other. */
export function eventOf({ data }: Pick<ShownNotice, 'data'>): string | null {
  const id: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'id') : null
  return typeof id === 'string' ? id : null
}
