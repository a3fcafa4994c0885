/** The forms of a phrase with the number `{n}` in it, by the plural category of that number. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string }

/** The phrases of one language. `{name}` stands for a value. */
export type Catalogue<Word extends string> = Readonly<Record<Word, string | Forms>>

/** Says a phrase in the person's language. */
export type Say<Word extends string> = (word: Word, values?: Values) => string

export type Values = Readonly<Record<string, string | number>>

/** Speaks one language. Numbers are written its way, and a number `n` chooses the form. */
export function createSay<Word extends string>(lang: string, catalogue: Catalogue<Word>): Say<Word> {
  const plural = new Intl.PluralRules(lang)
  const number = new Intl.NumberFormat(lang)
  return function say(word, values = {}) {
    const phrase = catalogue[word]
    const { n } = values
    const text =
      typeof phrase === 'string' ? phrase : ((typeof n === 'number' ? phrase[plural.select(n)] : null) ?? phrase.other)
    return text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? ''
      return typeof value === 'number' ? number.format(value) : isolate(value)
    })
  }
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/

/** A value that is written from right to left does not turn the sentence around it. */
function isolate(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text
}
