import type { ReportStatus } from '../../../src/core/browser-report.ts'
import type { Language } from '../../shared/language.ts'
import type { ExaminationState } from '../examination.ts'
import { fillIn, WORDS } from '../words/words.ts'

/** The worst of all, and what is said of it. */
export interface Summary {
  readonly status: Extract<ReportStatus, 'ok' | 'warn' | 'fail'> | 'running'
  /** Of the worst. */
  readonly count: number
  readonly text: string
}

/** What nobody has tried, and what does not apply, keeps nothing from anybody. */
export function summarise({ results, running, fixing }: ExaminationState, language: Language): Summary {
  const { page } = WORDS[language]
  if (running.size > 0 || results.length === 0) return { status: 'running', count: 0, text: page.checking }
  if (fixing !== null) return { status: 'running', count: 0, text: page.checking }
  for (const status of ['fail', 'warn'] as const) {
    const count = results.filter(result => result.status === status).length
    if (count === 0) continue
    const text = count === 1 ? page[status] : page[`${status}-more`]
    return { status, count, text: fillIn(text, () => String(count)) }
  }
  return { status: 'ok', count: 0, text: page.fine }
}
