import { expect, it } from 'vitest'
import { judgeNode } from '#ec/commands/doctor/examine-node.js'

it.each([
  ['20.19.0', 'ok'],
  ['20.20.2', 'ok'],
  ['22.0.0', 'ok'],
  ['24.21.0', 'ok'],
  ['20.18.3', 'fail'],
  ['18.20.8', 'fail'],
  ['9.99.99', 'fail'],
  ['25.0.0-nightly2026', 'ok'],
])('Node %s for >=20.19.0: %s', (version, status) => {
  const finding = judgeNode(version, '>=20.19.0')
  expect(finding).toMatchObject({ code: 'node.version', status })
  if (status === 'fail') expect(finding.hint).toBe('install Node 20.19.0 or newer')
})
