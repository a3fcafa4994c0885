import { parseDuration } from '../core/duration.ts'
import { parseSince, SINCE_FORM } from '../core/since.ts'

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
  /** What counts when it is not given; null = nothing does, or what `setting` says. */
  readonly default: string | null
  /** The setting of the configuration that counts when it is not given. */
  readonly setting: string | null
  /** What its value names, so that a shell can complete it; choices need none. */
  readonly completes: Completes | null
  /** Only tells the compiler what the command gets. */
  readonly type?: T
}

/** A word after the command. */
export interface Argument<T = unknown> {
  /** `behind`: one or more, behind `--`, left as they are. */
  readonly shape: 'one' | 'optional' | 'many' | 'any' | 'behind'
  readonly help: string
  readonly choices: readonly string[] | null
  readonly completes: Completes | null
  readonly type?: T
}

/** What a word on the command line can name. Some is known here, the rest is asked of the running agent. */
export type Completes =
  | 'cache key'
  | 'account'
  | 'dead job'
  | 'device'
  | 'outlet'
  | 'event'
  | 'event type'
  | 'feature'
  | 'file'
  | 'folder'
  | 'job'
  | 'job kind'
  | 'key'
  | 'notification'
  | 'notification or file'
  | 'provider'
  | 'provider setting'
  | 'question'
  | 'question option'
  | 'resource'
  | 'resource setting'
  | 'service'
  | 'subscription'
  | 'suppressed address'
  | 'time zone'
  | 'user'

export type Flags = Readonly<Record<string, Flag>>
export type Arguments = Readonly<Record<string, Argument>>

/** What a command gets: one property for every argument and flag. */
export type InputOf<A extends Arguments, F extends Flags> = {
  readonly [Name in keyof A]: A[Name] extends Argument<infer T> ? T : never
} & { readonly [Name in keyof F]: F[Name] extends Flag<infer T> ? T : never }

const PLAIN = {
  choices: null,
  read: null,
  expects: '',
  required: false,
  default: null,
  setting: null,
  completes: null,
} as const

export function text(value: string, help: string, completes: Completes | null = null): Flag<string | undefined> {
  return { ...PLAIN, kind: 'one', value, help, completes }
}

/** May be repeated. */
export function texts(
  value: string,
  help: string,
  completes: Completes | null = null,
): Flag<readonly string[] | undefined> {
  return { ...PLAIN, kind: 'many', value, help, completes }
}

/** `a,b`; an empty text is the empty list. */
export function list<const Values extends readonly string[]>(
  value: string,
  help: string,
  choices: Values,
): Flag<readonly Values[number][] | undefined> {
  return { ...PLAIN, kind: 'list', value, help, choices }
}

/** A list whose items are not known beforehand. */
export function names(
  value: string,
  help: string,
  completes: Completes | null = null,
): Flag<readonly string[] | undefined> {
  return { ...PLAIN, kind: 'list', value, help, completes }
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

/** Says what counts when it is not given; the command or the agent sees to it. */
export function withDefault<T>(value: string, flag: Flag<T>): Flag<T> {
  return { ...flag, default: value }
}

/** Without it the configuration's setting counts. */
export function fromSetting<T>(setting: string, flag: Flag<T>): Flag<T> {
  return { ...flag, setting }
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

/** An instant or a length of time before now; the agent reads it by its own clock. */
export function since(help: string): Flag<string | undefined> {
  return {
    ...PLAIN,
    kind: 'one',
    value: 'time',
    help,
    expects: SINCE_FORM,
    read: text => (parseSince(text, 0) === null ? null : text),
  }
}

export function one(help: string, completes: Completes | null = null): Argument<string> {
  return { shape: 'one', help, choices: null, completes }
}

export function oneOf<const Values extends readonly string[]>(values: Values, help: string): Argument<Values[number]> {
  return { shape: 'one', help, choices: values, completes: null }
}

export function optional(help: string, completes: Completes | null = null): Argument<string | undefined> {
  return { shape: 'optional', help, choices: null, completes }
}

/** One or more. */
export function many(help: string, completes: Completes | null = null): Argument<readonly string[]> {
  return { shape: 'many', help, choices: null, completes }
}

/** None or more. */
export function any(help: string, completes: Completes | null = null): Argument<readonly string[]> {
  return { shape: 'any', help, choices: null, completes }
}

/** The words of another program's command line, behind `--`. */
export function behind(help: string, completes: Completes | null = null): Argument<readonly string[]> {
  return { shape: 'behind', help, choices: null, completes }
}

/** `dataJson` -> `--data-json`. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

/** A longer term fits neither beside its help nor in a narrow terminal. */
const MAX_TERM = 38

/** The flag with its value, as help shows it. */
export function flagTerm(key: string, flag: Flag): string {
  const name = flagName(key)
  if (flag.kind === 'off') return name.replace('--', '--no-')
  if (flag.value === '') return name
  return flag.kind === 'one' && !showsChoices(key, flag) ? `${name} <${name.slice(2)}>` : `${name} <${flag.value}>`
}

/** Whether the term itself says what the flag takes. Where it does not, the help has to. */
export function showsChoices(key: string, { kind, value, choices }: Flag): boolean {
  return choices === null || (kind === 'one' && `${flagName(key)} <${value}>`.length <= MAX_TERM)
}
