/** An instant as a person reads it, in the time zone of this machine: `2026-01-05 09:00:00`. Other text as it is. */
export function formatLocalTime(instant: string | null | undefined): string {
  if (instant === null || instant === undefined) return '-'
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) return instant
  const [year, month, day] = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
  return `${year}-${pad(month)}-${pad(day)} ${date.toTimeString().slice(0, 8)}`
}

function pad(n: number): string {
  return String(n).padStart(2, '0')
}
