const LANGUAGES = ['en', 'ru', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

/** The first of the tags (`ru-RU`) that these texts are in; else English. */
export function languageOf(...tags: readonly (string | null | undefined)[]): Language {
  for (const tag of tags) {
    const primary = tag?.toLowerCase().split('-', 1)[0]
    const found = LANGUAGES.find(language => language === primary)
    if (found !== undefined) return found
  }
  return 'en'
}
