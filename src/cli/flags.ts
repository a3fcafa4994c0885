import { parseDuration } from '../core/duration.ts'

/** A flag of a command. Its name on the command line is its key in kebab case: `dataJson` is `--data-json`. */
export interface Flag<T = unknown> {
  /** `switch` takes no value; `off` is a switch that is on unless `--no-...` is given; `many` may be repeated; `list` is comma-separated and may be repeated. */
  readonly kind: 'switch' | 'off' | 'one' | 'many' | 'list'
  /** What stands for the value in help; '' for a switch. */
  readonly value: string
  readonly help: string
  readonly choices: readonly string[] | null
  /** Reads a value; null = it is not understood, and `expects` says what would be. */
  readonly read: ((text: string) => string | number | null) | null
  readonly expects: string
  readonly required: boolean
  /** Only tells the compiler what the command gets. */
  readonly type?: T
}

/** A word after the command. */
export interface Argument<T = unknown> {
  readonly shape: 'one' | 'optional' | 'many' | 'any'
  readonly help: string
  readonly type?: T
}

export type Flags = Readonly<Record<string, Flag>>
export type Arguments = Readonly<Record<string, Argument>>

/** What a command gets: one property for every argument and flag. */
export type InputOf<A extends Arguments, F extends Flags> = {
  readonly [Name in keyof A]: A[Name] extends Argument<infer T> ? T : never
} & { readonly [Name in keyof F]: F[Name] extends Flag<infer T> ? T : never }

const PLAIN = { choices: null, read: null, expects: '', required: false } as const

export function text(value: string, help: string): Flag<string | undefined> {
  return { ...PLAIN, kind: 'one', value, help }
}

/** May be repeated. */
export function texts(value: string, help: string): Flag<readonly string[] | undefined> {
  return { ...PLAIN, kind: 'many', value, help }
}

/** `a,b`; an empty text is the empty list. */
export function list<const Values extends readonly string[]>(
  value: string,
  help: string,
  choices: Values | null = null,
): Flag<readonly Values[number][] | undefined> {
  return { ...PLAIN, kind: 'list', value, help, choices }
}

export function choice<const Values extends readonly string[]>(
  values: Values,
  help: string,
): Flag<Values[number] | undefined> {
  return { ...PLAIN, kind: 'one', value: values.join('|'), help, choices: values }
}

export function on(help: string): Flag<boolean | undefined> {
  return { ...PLAIN, kind: 'switch', value: '', help }
}

/** True unless `--no-...` is given. */
export function off(help: string): Flag<boolean> {
  return { ...PLAIN, kind: 'off', value: '', help }
}

export function whole(value: string, help: string, min: number, max: number): Flag<number | undefined> {
  return {
    ...PLAIN,
    kind: 'one',
    value,
    help,
    expects: `a whole number from ${min} to ${max}`,
    read: text => (/^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : null),
  }
}

/** The command does not run without it. */
export function required<T>(flag: Flag<T | undefined>): Flag<T> {
  const { type: _, ...rest } = flag
  return { ...rest, required: true }
}

/** In ms. */
export function duration(help: string): Flag<number | undefined> {
  return {
    ...PLAIN,
    kind: 'one',
    value: 'duration',
    help,
    expects: 'a duration, as 90s, 24h or 7d',
    read: parseDuration,
  }
}

export function one(help: string): Argument<string> {
  return { shape: 'one', help }
}

export function optional(help: string): Argument<string | undefined> {
  return { shape: 'optional', help }
}

/** One or more. */
export function many(help: string): Argument<readonly string[]> {
  return { shape: 'many', help }
}

/** None or more. */
export function any(help: string): Argument<readonly string[]> {
  return { shape: 'any', help }
}

/** `dataJson` -> `--data-json`. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

/** The flag with its value, as help shows it. */
export function flagTerm(key: string, flag: Flag): string {
  const name = flagName(key)
  if (flag.kind === 'off') return name.replace('--', '--no-')
  return flag.value === '' ? name : `${name} <${flag.value}>`
}
