import type { When } from './when.ts'

/** Which occurrence of which series the id of an instance names. */
export interface InstanceId {
  readonly series: string
  readonly originalStart: When
}

/**
 * Reads `{series}_{YYYYMMDDTHHMMSSZ}`, of whole days `{series}_{YYYYMMDD}`: of a removed instance nothing but the id may
 * be told. Null for any other id, as that of a series that was split off another (`{id}_R20260112T090000`).
 */
export function readInstanceId(id: string): InstanceId | null {
  const [, series = '', year, month, day, time] = INSTANCE.exec(id) ?? []
  if (series === '') return null
  const date = `${year}-${month}-${day}`
  const at = Date.parse(`${date}T${(time ?? '000000').replace(/(..)(..)(..)/, '$1:$2:$3')}Z`)
  if (Number.isNaN(at)) return null
  return { series, originalStart: time === undefined ? { kind: 'date', date } : { kind: 'time', at, zone: 'UTC' } }
}

/** The id that Google gives the instance of a series that begins then by its rule. */
export function instanceId(series: string, originalStart: When): string {
  if (originalStart.kind === 'date') return `${series}_${originalStart.date.replaceAll('-', '')}`
  return `${series}_${new Date(originalStart.at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}

const INSTANCE = /^(.+)_(\d{4})(\d{2})(\d{2})(?:T(\d{6})Z)?$/
