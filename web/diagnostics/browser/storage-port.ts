import { readRecord } from '../../shared/agent-record.ts'
import { openBox } from '../../shared/open-box.ts'
import type { StoragePort } from '../context.ts'

const DATABASE = 'ec-diagnostics'
const COOKIE = 'ec-diagnostics'

export function createStoragePort(): StoragePort {
  return {
    tryDatabase,
    tryCookie,
    async readDevice() {
      return readRecord(await openBox(indexedDB).read('record'))?.device ?? null
    },
  }
}

/** Writes a row, reads it again and takes everything away. */
async function tryDatabase(): Promise<boolean> {
  const request = indexedDB.open(DATABASE, 1)
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore('rows'))
  const database = await result(request)
  try {
    const wrote = database.transaction('rows', 'readwrite').objectStore('rows')
    await result(wrote.put('kept', 1))
    return (await result(database.transaction('rows').objectStore('rows').get(1))) === 'kept'
  } finally {
    database.close()
    indexedDB.deleteDatabase(DATABASE)
  }
}

/** `navigator.cookieEnabled` is true in browsers that then keep none. */
function tryCookie(): boolean {
  try {
    document.cookie = `${COOKIE}=1; SameSite=Strict; Path=/`
    const kept = document.cookie.split('; ').includes(`${COOKIE}=1`)
    document.cookie = `${COOKIE}=; Max-Age=0; SameSite=Strict; Path=/`
    return kept
  } catch {
    return false
  }
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('nothing can be kept here')))
  })
}
