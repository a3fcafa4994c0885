import { peekLine } from '../../../core/peek.ts'
import type { Delivery } from '../draft.ts'
import { inWords, nameOf, quoted } from '../words.ts'

/**
 * `labeled` + `issue #3 "Broken"` -> `added the label "bug" to issue #3 "Broken"`: what issues, pull requests and
 * discussions have in common. Most other actions are past participles and stand as they are.
 */
export function changeOf({ action, payload }: Delivery, thing: string): string {
  const label = quoted(peekLine(payload, 'label', 'name'), 50)
  const milestone = quoted(peekLine(payload, 'milestone', 'title'), 50)
  const assignee = nameOf(payload['assignee']) || 'somebody'
  switch (action) {
    case '':
      return `changed ${thing}`
    case 'labeled':
      return `added the label${label} to ${thing}`
    case 'unlabeled':
      return `took the label${label} from ${thing}`
    case 'assigned':
      return `assigned ${thing} to ${assignee}`
    case 'unassigned':
      return `took ${assignee} off ${thing}`
    case 'milestoned':
      return `added ${thing} to the milestone${milestone}`
    case 'demilestoned':
      return `took ${thing} out of the milestone${milestone}`
    case 'category_changed':
      return `changed the category of ${thing}`
    case 'answered':
      return `marked an answer to ${thing}`
    case 'unanswered':
      return `took back the answer to ${thing}`
    default:
      return PARTICIPLE.test(action) ? `${action} ${thing}` : `changed ${thing} (${inWords(action)})`
  }
}

/** A word that can stand between who did it and what it was done to: `opened`, `pinned`. */
const PARTICIPLE = /^[a-z]+ed$/

/** `created` -> `commented on issue #3` and so on. */
export function commentOn(action: string, thing: string): string {
  switch (action) {
    case 'created':
    case '':
      return `commented on ${thing}`
    default:
      return `${inWords(action)} a comment on ${thing}`
  }
}
