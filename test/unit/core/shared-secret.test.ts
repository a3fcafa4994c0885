import { expect, it } from 'vitest'
import { isSharedSecret } from '#ec/core/shared-secret.js'

it.each([
  ['right', ['right'], true],
  ['right', ['the next one', 'right'], true],
  ['right', ['', 'right'], true],
  ['right', ['Right', 'right ', 'righ'], false],
  ['right', [], false],
  ['', [''], false],
  ['', ['right'], false],
  ['é', ['é'], true],
  ['x'.repeat(100_000), ['x'.repeat(100_000)], true],
])('%#: is one of the secrets, or is not', (given, secrets, expected) => {
  expect(isSharedSecret(given, secrets)).toBe(expected)
})
