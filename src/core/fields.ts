import { terminalLine } from './terminal-text.ts'

type Value = string | number | boolean | null | undefined

/** Names and values of one thing, aligned, a line each. Values may come from outside: they are cleaned here. */
export function renderFields(fields: Readonly<Record<string, Value>>, paintName: (name: string) => string): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  const width = Math.max(0, ...given.map(([name]) => name.length))
  return given
    .map(([name, value]) => `${paintName(name.padEnd(width))}  ${terminalLine(String(value ?? '-')) || '-'}\n`)
    .join('')
}
