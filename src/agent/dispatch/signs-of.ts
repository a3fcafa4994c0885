import type { StoredEvent } from '../../backends/store.ts'
import type { PersonSigns } from '../../core/person-signs.ts'

export function signsOf(stored: StoredEvent): PersonSigns {
  return {
    seen: stored.seenAt !== null,
    read: stored.readAt !== null,
    answered: stored.answeredAt !== null,
    archived: stored.archivedAt !== null,
    retracted: stored.retractedAt !== null,
    snoozedUntil: stored.snoozedUntil,
  }
}
