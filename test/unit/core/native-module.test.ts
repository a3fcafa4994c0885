import { expect, it } from 'vitest'
import { misfit } from '#ec/core/native-module.js'

it.each([
  ['20.20.2', '12.11.1', true],
  ['20.20.2', '13.2.0', false],
  ['22.23.3', '13.2.0', true],
  ['24.21.0', '13.2.0', true],
  ['24.21.0', '12.11.1', true],
])('on Node %s better-sqlite3 %s fits: %s', (node, module, fits) => {
  expect(misfit(node, module) === null).toBe(fits)
})
