import { describe, expect, it } from 'vitest'
import { openingError } from '#ec/backends/sqlite/storage-error.js'

describe('a store that cannot be opened', () => {
  it.each([
    ['ENOSPC', 'EC_STORAGE_FULL', 'free some space, then start the agent again'],
    ['SQLITE_FULL', 'EC_STORAGE_FULL', 'free some space, then start the agent again'],
    ['SQLITE_IOERR_SHMSIZE', 'EC_STORAGE_FULL', 'free some space, then start the agent again'],
    ['SQLITE_IOERR_READ', 'EC_STORAGE_FAILED', 'look at the disk, then start the agent again'],
    ['SQLITE_CORRUPT', 'EC_STORE_CORRUPT', 'move the file away, start the agent again, then `ec restore BACKUP`'],
    ['EROFS', 'EC_DATA_DIR', 'check the rights of its folder, or choose another with --data-dir'],
  ])('for %s says the step that a person can take now', (code, expected, hint) => {
    const error = Object.assign(new Error('no'), { code })
    expect(openingError(error, '/data/ec.db')).toMatchObject({ code: expected, hint })
  })
})
