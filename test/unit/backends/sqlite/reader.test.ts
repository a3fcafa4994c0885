import Database from 'better-sqlite3'
import { join } from 'node:path'
import { Reader } from '#ec/backends/sqlite/reader.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempDir } from '../../../support/temp-dir.ts'

describe('what is read in one turn of the loop', () => {
  it('is read once for each key, and shared', () => {
    const { reads, find } = open()
    expect(find('a', 1)).toBe(find('a', 1))
    expect(find('a', 2)).not.toBe(find('a', 1))
    expect(find('b', 1)).toEqual({ text: 'old' })
    expect(reads).toEqual(['a 1', 'a 2', 'b 1'])
  })

  it('is read anew once a commit was told of', () => {
    const { reader, write, find } = open()
    expect(find('a', 1)).toEqual({ text: 'old' })
    write('new')
    expect(find('a', 1)).toEqual({ text: 'old' })
    reader.refresh()
    expect(find('a', 1)).toEqual({ text: 'new' })
  })

  it('is read anew in the next turn, whoever has written', async () => {
    const { write, find } = open()
    expect(find('a', 1)).toEqual({ text: 'old' })
    write('new')
    await new Promise(resolve => setImmediate(resolve))
    expect(find('a', 1)).toEqual({ text: 'new' })
  })

  it('is not remembered beyond the file', () => {
    const { reader, find } = open()
    expect(find('a', 1)).toEqual({ text: 'old' })
    reader.close()
    expect(() => find('a', 1)).toThrow('the store is being replaced')
    reader.reopen()
    expect(find('a', 1)).toEqual({ text: 'old' })
  })
})

function open() {
  const file = join(tempDir(), 'some.db')
  const db = new Database(file)
  db.exec(`pragma journal_mode = wal; create table words (text text); insert into words values ('old')`)
  const reader = new Reader(file)
  onTestFinished(() => {
    reader.close()
    db.close()
  })
  const reads: string[] = []
  const find = reader.remember((name: string, n: number) => {
    reads.push(`${name} ${n}`)
    return reader.sql<{ text: string }>('select text from words').get()
  })
  return { reader, reads, find, write: (text: string) => db.prepare('update words set text = ?').run(text) }
}
