import { expect, it } from 'vitest'
import { writeError } from '#ec/core/write-error.js'

it.each([
  ['ENOSPC', 'EC_STORAGE_FULL', 'free some space, then try again'],
  ['EDQUOT', 'EC_STORAGE_FULL', 'free some space, then try again'],
  ['EACCES', 'EC_FILE', 'check the path and its rights'],
])('says of %s what helps', (errno, code, hint) => {
  const cause = Object.assign(new Error('write'), { code: errno })
  expect(writeError('/data/master.key', cause)).toMatchObject({
    code,
    hint,
    cause,
    message: expect.stringMatching(/^\/data\/master\.key cannot be written/),
  })
})
