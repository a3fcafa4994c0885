import css from './dark.css'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** The colours of the night, which count when the theme says so: of the page, else of the person's system. */
export interface DarkSheet {
  readonly sheet: CSSStyleSheet
  turnTo(theme: Theme): void
}

const MEDIA: Readonly<Record<Theme, string>> = { auto: '(prefers-color-scheme: dark)', light: 'not all', dark: 'all' }

export function createDarkSheet(): DarkSheet {
  const sheet = new CSSStyleSheet({ media: MEDIA.auto })
  sheet.replaceSync(css)
  return {
    sheet,
    turnTo(theme) {
      sheet.media.mediaText = MEDIA[theme]
    },
  }
}
