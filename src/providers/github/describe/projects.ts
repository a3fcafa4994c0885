import { peekExcerpt, peekInteger, peekLine, peekString } from '../../../core/peek.ts'
import type { Delivery, DescriberTable, Draft } from '../draft.ts'
import { inWords, instantOf, quoted } from '../words.ts'

/** Projects, old and new. */
export const PROJECTS: DescriberTable = {
  project: delivery => describePart(delivery, 'project', 'the project'),
  project_column: delivery => describePart(delivery, 'project_column', 'the project column'),
  project_card: delivery => describePart(delivery, 'project_card', 'a project card'),
  projects_v2: delivery => describePart(delivery, 'projects_v2', 'the project'),
  projects_v2_item: describeItem,
  projects_v2_status_update: describeStatusUpdate,
}

function describePart({ payload, actor, action, where }: Delivery, field: string, noun: string): Draft {
  const part = payload[field]
  const name = peekLine(part, 'name') || peekLine(part, 'title')
  return {
    title: `${actor} ${inWords(action) || 'changed'} ${noun}${quoted(name)}${where}`,
    body: peekExcerpt(part, 'note') || peekExcerpt(part, 'body') || peekExcerpt(part, 'description') || name,
    url: peekString(part, 'html_url'),
    urlLabel: 'Open the project',
    at: instantOf(action, part),
    data: { id: peekInteger(part, 'id') },
  }
}

const CONTENT: ReadonlyMap<string, string> = new Map([
  ['Issue', 'an issue'],
  ['PullRequest', 'a pull request'],
  ['DraftIssue', 'a draft'],
])

function describeItem({ payload, actor, action, where }: Delivery): Draft {
  const item = payload['projects_v2_item']
  const field = inWords(peekLine(payload, 'changes', 'field_value', 'field_type'))
  const content = CONTENT.get(peekLine(item, 'content_type')) ?? 'an item'
  const verb = action === 'created' ? 'added' : action === 'deleted' ? 'removed' : inWords(action) || 'changed'
  const preposition = action === 'created' ? 'to' : action === 'deleted' ? 'from' : 'of'
  return {
    title: `${actor} ${verb} ${content} ${preposition} a project${where}`,
    body: field === '' ? '' : `Changed: ${field}`,
    at: instantOf(action, item),
    data: { id: peekInteger(item, 'id') },
  }
}

function describeStatusUpdate({ payload, actor, action, where }: Delivery): Draft {
  const update = payload['projects_v2_status_update']
  return {
    title: `${actor} ${inWords(action) || 'changed'} a status update of a project${where}`,
    body: peekExcerpt(update, 'body') || inWords(peekLine(update, 'status')).toLowerCase(),
    at: instantOf(action, update),
  }
}
