const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const DURATION = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d|w)$/
const BY_SIZE = ['d', 'h', 'm', 's', 'ms'] as const

/** Milliseconds of a text as `90d`, `1.5h`, `500ms`; null for anything else. A number without a unit is refused. */
export function parseDuration(text: string): number | null {
  const [, amount, unit] = DURATION.exec(text.trim()) ?? []
  if (amount === undefined || !isUnit(unit)) return null
  return Math.round(Number(amount) * UNITS[unit])
}

/** The shortest text that `parseDuration` reads back as the same: `90d`, `36h`, `1500ms`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  const unit = BY_SIZE.find(name => ms % UNITS[name] === 0) ?? 'ms'
  return `${ms / UNITS[unit]}${unit}`
}

function isUnit(text: string | undefined): text is keyof typeof UNITS {
  return text !== undefined && Object.hasOwn(UNITS, text)
}
