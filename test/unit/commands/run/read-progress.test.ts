import { describe, expect, it } from 'vitest'
import { readProgress } from '#ec/commands/run/read-progress.js'

describe('how far a line says that it is', () => {
  it.each([
    ['downloading 42%', { percent: 42, done: null, total: null }],
    ['[=====>    ] 42.5 % of 3 GB', { percent: 42.5, done: null, total: null }],
    ['[ 3/10] compiling core.ts', { percent: 30, done: 3, total: 10 }],
    ['test 1/3 (33%)', { percent: 33, done: 1, total: 3 }],
    ['10% 20% 30%', { percent: 30, done: null, total: null }],
    ['0/7', { percent: 0, done: 0, total: 7 }],
    ['done 10/10.', { percent: 100, done: 10, total: 10 }],
  ])('%s', (line, progress) => {
    expect(readProgress(line)).toEqual(progress)
  })

  it.each([
    '',
    'plain',
    '250%',
    'reading src/1/2',
    '2026/01/02',
    '12/25/2026',
    'v1.2/3',
    '5/0',
    '7/3',
    'a3/10',
    '1/2.5',
  ])('nothing: %j', line => {
    expect(readProgress(line)).toBeNull()
  })
})
