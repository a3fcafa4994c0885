/** The languages that mail and its pages speak. */
export const LANGUAGES = ['en', 'ru', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

/** The language of the first tag (BCP 47) that is one of ours; English when none is. */
export function pickLanguage(...tags: readonly (string | null | undefined)[]): Language {
  for (const tag of tags) {
    const primary = tag?.toLowerCase().split('-', 1)[0]
    const language = LANGUAGES.find(known => known === primary)
    if (language !== undefined) return language
  }
  return 'en'
}
