import { describe, expect, it } from 'vitest'
import { openingError, readingError } from '#ec/backends/sqlite/storage-error.js'

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

describe('a read that fails', () => {
  it.each([
    ['SQLITE_CORRUPT_VTAB', 'EC_STORE_CORRUPT', 'the store is damaged (SQLITE_CORRUPT_VTAB)'],
    ['SQLITE_NOTADB', 'EC_STORE_CORRUPT', 'the store is damaged (SQLITE_NOTADB)'],
    ['SQLITE_IOERR_READ', 'EC_STORAGE_FAILED', 'the store could not be read (SQLITE_IOERR_READ)'],
    ['EC_INTERNAL', 'EC_INTERNAL', 'no'],
  ])('with %s is told as %s', (code, expected, message) => {
    expect(readingError(Object.assign(new Error('no'), { code }))).toMatchObject({ code: expected, message })
  })
})
