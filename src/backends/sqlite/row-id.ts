/** What the outside calls a row of this table: `job_17`. */
export function toRowId(prefix: 'ntf' | 'job', n: number | bigint): string {
  return `${prefix}_${n}`
}

/** The row that an id names; -1, which no row has, when it is not of this kind. */
export function fromRowId(prefix: 'ntf' | 'job', id: string): number {
  const digits = id.startsWith(`${prefix}_`) ? id.slice(4) : ''
  return /^\d{1,15}$/.test(digits) ? Number(digits) : -1
}
