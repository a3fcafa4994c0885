import { terminalLine } from './terminal-text.ts'
import { wrapBehind } from './wrap-text.ts'

type Value = string | number | boolean | null | undefined

interface FieldsOptions {
  readonly paintName: (name: string) => string
  /** Columns of the terminal; null for a pipe, where a value stays on its line. */
  readonly width: number | null
}

/** Names and values of one thing, aligned. Values may come from outside: they are cleaned here. */
export function renderFields(fields: Readonly<Record<string, Value>>, { paintName, width }: FieldsOptions): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  const names = Math.max(0, ...given.map(([name]) => name.length))
  return given
    .map(([name, value]) => {
      const text = terminalLine(String(value ?? '-')) || '-'
      return `${paintName(name.padEnd(names))}  ${wrapBehind(text, names + 2, width)}\n`
    })
    .join('')
}
