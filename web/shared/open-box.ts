import type { Box, BoxKey } from './box.ts'

const DATABASE = 'eventcenter'
const STORE = 'values'

/** Opened anew for each access: a worker lives for seconds, and no open connection keeps another version waiting. */
export function openBox(factory: IDBFactory): Box {
  return {
    async read(key) {
      const database = await open(factory)
      try {
        return await result(database.transaction(STORE).objectStore(STORE).get(key))
      } finally {
        database.close()
      }
    },
    async change(key, change) {
      const database = await open(factory)
      try {
        await inTransaction(database, key, change)
      } finally {
        database.close()
      }
    },
  }
}

function open(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(DATABASE, 1)
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE))
  return result(request)
}

function inTransaction(database: IDBDatabase, key: BoxKey, change: (value: unknown) => unknown): Promise<void> {
  const transaction = database.transaction(STORE, 'readwrite')
  const store = transaction.objectStore(STORE)
  const reading = store.get(key)
  reading.addEventListener('success', () => {
    const value = change(reading.result)
    if (value === undefined) store.delete(key)
    else store.put(value, key)
  })
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve())
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('nothing was kept')))
  })
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('nothing can be kept here')))
  })
}
