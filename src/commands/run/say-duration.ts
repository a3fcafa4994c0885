/** For a person: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function sayDuration(ms: number): string {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`
  const s = Math.round(ms / 1000)
  if (s < 60) return `${s} s`
  if (s < 3600) return pair(Math.floor(s / 60), 'min', s % 60, 's')
  const min = Math.round(s / 60)
  return pair(Math.floor(min / 60), 'h', min % 60, 'min')
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`
}
