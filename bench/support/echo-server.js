// The yardstick of live delivery: what came over HTTP goes out on a bare `ws` socket, nothing else. It shares the
// agent's shape (one process, POST in, WebSocket out) without storing, verifying or routing anything.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const sockets = new Set()
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', part => (body += part))
  request.on('end', () => {
    for (const socket of sockets) socket.send(body)
    response.end('ok')
  })
})
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', socket => {
  sockets.add(socket)
  socket.on('close', () => sockets.delete(socket))
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))

// Whoever started it may have been killed.
process.on('disconnect', () => process.exit())
