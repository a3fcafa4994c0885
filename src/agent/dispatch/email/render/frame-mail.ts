import { cleanLine } from '../../../../core/clean-text.ts'
import type { Language } from '../words/language.ts'
import type { Templates } from './templates.ts'

const MAX_SUBJECT = 150

/** Renders a view by the templates of the closest name, inside the layout. */
export function frameMail<View extends { readonly language: Language; readonly subject: string }>(
  templates: Templates,
  names: readonly string[],
  view: View,
): { readonly subject: string; readonly text: string; readonly html: string } {
  const { language } = view
  const framed = (part: 'html' | 'text'): string => {
    const content = templates.render(names, part, language, view)
    return templates.render(['layout'], part, language, { ...view, content: part === 'text' ? tidy(content) : content })
  }
  return {
    // A template of the operator's own may break lines; a subject cannot.
    subject: cleanLine(templates.render(names, 'subject', language, view), MAX_SUBJECT) || view.subject,
    text: `${tidy(framed('text'))}\n`,
    html: framed('html'),
  }
}

/** Templates leave empty lines where they had nothing to say. The blank of the signature's `-- ` stays. */
function tidy(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
