/** What the default UI speaks. */
export const LANGUAGES = ['en', 'ru', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

/** The first language that we speak among those wished for, the best first, as `pt-BR` or null; English when there is none. */
export function pickLanguage(wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const base = wish?.toLowerCase().split(/[-_]/)[0]
    const found = LANGUAGES.find(language => language === base)
    if (found !== undefined) return found
  }
  return 'en'
}
