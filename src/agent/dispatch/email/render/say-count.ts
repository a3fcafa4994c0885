import type { Language } from '../words/language.ts'
import type { Plural } from '../words/words.ts'

/** A number with what is counted, in the right form. */
export function sayCount(forms: Plural, n: number, language: Language): string {
  const form = forms[new Intl.PluralRules(language).select(n)] ?? forms.other
  return form.replace('#', new Intl.NumberFormat(language).format(n))
}
