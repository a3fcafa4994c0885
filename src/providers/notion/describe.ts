import { cleanLine } from '../../core/clean-text.ts'

/** A sentence for a type of Notion's: `describeKind('page', 'moved')` = `A page was moved`. */
export function describeKind(family: string, change: string): string {
  const thing = THINGS.get(family)
  const happened = CHANGES.get(change)
  if (thing !== undefined && happened !== undefined) return `${thing} ${happened}`
  const words = cleanLine(`${family} ${change}`.replace(/[._]+/g, ' '), 100)
  return `Notion reported: ${words}`
}

const THINGS: ReadonlyMap<string, string> = new Map([
  ['page', 'A page'],
  ['database', 'A database'],
  ['data_source', 'A data source'],
  ['comment', 'A comment'],
  ['view', 'A view'],
  ['file_upload', 'A file upload'],
])

const CHANGES: ReadonlyMap<string, string> = new Map([
  ['created', 'was added'],
  ['content_updated', 'has new content'],
  ['properties_updated', 'has new properties'],
  ['schema_updated', 'has other fields'],
  ['updated', 'was changed'],
  ['moved', 'was moved'],
  ['deleted', 'was moved to the trash'],
  ['undeleted', 'was brought back from the trash'],
  ['locked', 'was locked'],
  ['unlocked', 'was unlocked'],
  ['transcription_block.transcript_deleted', 'lost a transcript'],
  ['completed', 'is complete'],
  ['expired', 'has expired'],
  ['upload_failed', 'has failed'],
])
