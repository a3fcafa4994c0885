import { METRICS, type Counter, type Histogram, type Meter, type MetricName, type Tally } from '../../core/meter.ts'

/** A meter whose figures can be read, one by one or all as Prometheus text. */
export interface ScrapedMeter extends Meter, Tally {
  read(): Promise<{ readonly contentType: string; readonly text: string }>
}

/** Upper bounds in seconds: from a durable write on a fast disk to a sender that has given up. */
export const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

/**
 * Keeps our figures as plain numbers, so that counting costs an addition; prom-client, loaded at the first look, adds
 * those of the process (heap, loop delay, handles).
 */
export function createMeter(): ScrapedMeter {
  const families = new Map<MetricName, Map<string, Series>>()
  let processFigures: Promise<() => Promise<string>> | undefined

  return {
    counter: (name, labels) => find(name, labels, () => new CountSeries(labels), isCount),
    histogram: (name, labels) => find(name, labels, () => new SpreadSeries(), isSpread),
    gauge(name, labels, read) {
      family(name).set(labelText(labels), { type: 'gauge', read })
    },
    sum(name, counts = () => true) {
      let sum = 0
      for (const series of families.get(name)?.values() ?? []) {
        if (isCount(series) && counts(series.labels)) sum += series.value
      }
      return sum
    },
    async read() {
      processFigures ??= loadProcessFigures()
      const readProcess = await processFigures
      const ours = [...families].map(([name, members]) => renderFamily(name, members))
      return { contentType: 'text/plain; version=0.0.4; charset=utf-8', text: ours.join('') + (await readProcess()) }
    },
  }

  function find<Kind extends Series>(
    name: MetricName,
    labels: Readonly<Record<string, string>>,
    make: () => Kind,
    isKind: (series: Series | undefined) => series is Kind,
  ): Kind {
    const members = family(name)
    const key = labelText(labels)
    const known = members.get(key)
    if (isKind(known)) return known
    const made = make()
    members.set(key, made)
    return made
  }

  function family(name: MetricName): Map<string, Series> {
    const known = families.get(name)
    if (known !== undefined) return known
    const made = new Map<string, Series>()
    families.set(name, made)
    return made
  }
}

type Series = CountSeries | SpreadSeries | GaugeSeries

interface GaugeSeries {
  readonly type: 'gauge'
  readonly read: () => number
}

class CountSeries implements Counter {
  readonly type = 'counter'
  readonly labels: Readonly<Record<string, string>>
  value = 0

  constructor(labels: Readonly<Record<string, string>>) {
    this.labels = labels
  }

  add(count = 1): void {
    this.value += count
  }
}

class SpreadSeries implements Histogram {
  readonly type = 'histogram'
  /** The last one counts what is beyond every bound. */
  readonly counts = Array<number>(BUCKETS.length + 1).fill(0)
  sum = 0

  observe(seconds: number): void {
    let at = 0
    while (at < BUCKETS.length && seconds > (BUCKETS[at] ?? 0)) at += 1
    this.counts[at] = (this.counts[at] ?? 0) + 1
    this.sum += seconds
  }
}

function isCount(series: Series | undefined): series is CountSeries {
  return series?.type === 'counter'
}

function isSpread(series: Series | undefined): series is SpreadSeries {
  return series?.type === 'histogram'
}

async function loadProcessFigures(): Promise<() => Promise<string>> {
  const { Registry, collectDefaultMetrics } = await import('prom-client')
  const register = new Registry()
  collectDefaultMetrics({ register })
  return () => register.metrics()
}

function renderFamily(name: MetricName, members: ReadonlyMap<string, Series>): string {
  const { help, type } = METRICS[name]
  const lines = [...members].flatMap(([labels, series]) => renderSeries(name, labels, series))
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`
}

function renderSeries(name: MetricName, labels: string, series: Series): string[] {
  switch (series.type) {
    case 'counter':
      return [`${name}${labels === '' ? '' : `{${labels}}`} ${series.value}`]
    case 'gauge':
      return [`${name}{${labels}} ${series.read()}`]
    case 'histogram':
      return renderSpread(name, labels, series)
    default:
      return series satisfies never
  }
}

function renderSpread(name: MetricName, labels: string, series: SpreadSeries): string[] {
  const lines: string[] = []
  let sum = 0
  for (const [at, count] of series.counts.entries()) {
    sum += count
    lines.push(`${name}_bucket{${labels},le="${BUCKETS[at] ?? '+Inf'}"} ${sum}`)
  }
  return [...lines, `${name}_sum{${labels}} ${series.sum}`, `${name}_count{${labels}} ${sum}`]
}

const SPECIAL = /[\\"\n]/

function labelText(labels: Readonly<Record<string, string>>): string {
  let text = ''
  for (const [name, value] of Object.entries(labels)) {
    const escaped = SPECIAL.test(value) ? value.replace(/[\\"\n]/g, escapeChar) : value
    text += `${text === '' ? '' : ','}${name}="${escaped}"`
  }
  return text
}

function escapeChar(char: string): string {
  return char === '\n' ? '\\n' : `\\${char}`
}
