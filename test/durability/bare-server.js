// A server of a few lines that keeps what it is sent, rightly or wrongly: what the trace of answers is tried on.
//   node bare-server.js FILE synced|unsynced|hasty
import { createServer } from 'node:http'
import Database from 'better-sqlite3'

const [file = '', mode = 'synced'] = process.argv.slice(2)
const db = new Database(file)
db.pragma('journal_mode = WAL')
db.pragma(`synchronous = ${mode === 'unsynced' ? 'NORMAL' : 'FULL'}`)
db.exec('create table if not exists bodies (body text)')
const insert = db.prepare('insert into bodies values (?)')
let waiting = []

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', () => {
    if (waiting.push({ body: Buffer.concat(chunks).toString(), response }) === 1) setImmediate(flush)
    if (mode === 'hasty') response.writeHead(202).end()
  })
})
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}`
  process.stdout.write(`${JSON.stringify({ type: 'ready', url, socket: '', pid: process.pid })}\n`)
})

function flush() {
  const batch = waiting
  waiting = []
  db.transaction(() => batch.forEach(({ body }) => insert.run(body)))()
  if (mode === 'hasty') return
  for (const { response } of batch) response.writeHead(202).end()
}
