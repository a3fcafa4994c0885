import { isObject } from './is-object.ts'

/** What the agent is still to be told, since it could not be reached. */
export type Parcel = ReceiptParcel | AnswerParcel | FarewellParcel

/** What became of a notification here. */
export interface ReceiptParcel {
  readonly kind: 'receipt'
  readonly event: string
  readonly what: 'shown' | 'clicked' | 'dismissed'
  /** ms since 1970, by the clock of this device. */
  readonly at: number
}

/** The button that a person pressed. */
export interface AnswerParcel {
  readonly kind: 'answer'
  readonly question: string
  readonly option: string
  readonly event: string | null
  /** Where the question can be answered otherwise. */
  readonly url: string | null
  readonly lang: string | null
  readonly at: number
}

/** A device that was switched off here; its proof comes along, since nothing else knows it any more. */
export interface FarewellParcel {
  readonly kind: 'farewell'
  readonly base: string
  readonly device: string
  readonly secret: string
  readonly at: number
}

/** A device that is away for long says the newest; an answer is never given up for a receipt. */
const MAX_PARCELS = 100
const DAY_MS = 86_400_000
/** An answer that comes after more than a day would surprise, and after a week a receipt tells nobody anything. */
const MAX_AGE_MS: Readonly<Record<Parcel['kind'], number>> = {
  answer: DAY_MS,
  receipt: 7 * DAY_MS,
  farewell: 90 * DAY_MS,
}

/** The parcels of what was kept. Total. */
export function readOutbox(value: unknown): readonly Parcel[] {
  return Array.isArray(value) ? value.flatMap(readParcel) : []
}

/** Too old to be told any more. */
export function isStale({ kind, at }: Parcel, now: number): boolean {
  return now - at > MAX_AGE_MS[kind]
}

/** With one more; a parcel that says the same takes the place of the other. */
export function addParcel(parcels: readonly Parcel[], parcel: Parcel): readonly Parcel[] {
  const all = [...parcels.filter(other => keyOf(other) !== keyOf(parcel)), parcel]
  if (all.length <= MAX_PARCELS) return all
  const least = Math.max(
    0,
    all.findIndex(({ kind }) => kind === 'receipt'),
  )
  return all.filter((_, i) => i !== least)
}

/** Without those that were settled; one that was put in since, and says another thing, stays. */
export function settleParcels(parcels: readonly Parcel[], settled: readonly Parcel[]): readonly Parcel[] {
  const gone = new Set(settled.map(parcel => JSON.stringify(parcel)))
  return parcels.filter(parcel => !gone.has(JSON.stringify(parcel)))
}

function keyOf(parcel: Parcel): string {
  switch (parcel.kind) {
    case 'receipt':
      return `receipt ${parcel.what} ${parcel.event}`
    case 'answer':
      return `answer ${parcel.question}`
    case 'farewell':
      return `farewell ${parcel.device}`
    default:
      return parcel satisfies never
  }
}

function readParcel(value: unknown): readonly Parcel[] {
  if (!isObject(value) || typeof value['at'] !== 'number') return []
  const { kind, at } = value
  const text = (name: string): string => (typeof value[name] === 'string' ? value[name] : '')
  const optional = (name: string): string | null => (typeof value[name] === 'string' ? value[name] : null)
  if (kind === 'receipt') {
    const what = (['shown', 'clicked', 'dismissed'] as const).find(known => known === value['what'])
    return what === undefined || text('event') === '' ? [] : [{ kind, event: text('event'), what, at }]
  }
  if (kind === 'answer') {
    const [question, option] = [text('question'), text('option')]
    if (question === '' || option === '') return []
    return [{ kind, question, option, event: optional('event'), url: optional('url'), lang: optional('lang'), at }]
  }
  if (kind === 'farewell') {
    const [base, device, secret] = [text('base'), text('device'), text('secret')]
    return device === '' || secret === '' ? [] : [{ kind, base, device, secret, at }]
  }
  return []
}
