import * as fc from 'fast-check'

/** Strings of any UTF-16 code units: controls, bidirectional marks, lone surrogates; some of them long. */
const hostileString = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map(code => String.fromCharCode(code)), maxLength: 40 }),
  fc.constantFrom(
    '\u0000\u001b[2J\u009f',
    '\u202eevil\u2066',
    '\ud800',
    'x\udfff',
    '\u200b\ufeff',
    'javascript:alert(1)',
    'https://[bad',
    `https://example.com/${'a'.repeat(5000)}`,
    '🦊'.repeat(3000),
    '\n'.repeat(5000),
    '<!--'.repeat(2000),
    '2026-13-45T99:99:99Z',
    '9999-12-31T23:59:59Z',
    'Europe/Nowhere',
    '__proto__',
    'constructor',
  ),
)

/** Any JSON value, its strings and keys hostile. */
export const hostileJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    hostileString,
    fc.constant(null),
    fc.boolean(),
    fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true })),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(hostileString, tie('value'), { maxKeys: 4 }),
  ),
})).value

/** One of the documents with one of its values, anywhere inside, replaced by a hostile one. */
export function mutated(documents: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.constantFrom(...documents), fc.nat(), hostileJson)
    .map(([document, n, junk]) => replaceNth(document, n % countValues(document), junk))
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, inner) => sum + countValues(inner), 1)
}

function replaceNth(value: unknown, n: number, junk: unknown): unknown {
  if (n === 0) return junk
  if (typeof value !== 'object' || value === null) return value
  let before = 1
  const entries = Object.entries(value).map(([key, inner]) => {
    const size = countValues(inner)
    const isHere = n >= before && n < before + size
    const replaced = isHere ? replaceNth(inner, n - before, junk) : inner
    before += size
    return [key, replaced] as const
  })
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}
