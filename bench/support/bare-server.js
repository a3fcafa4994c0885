// The yardstick: a bare `node:http` server that reads the body and answers.
import { createServer } from 'node:http'

createServer((request, response) => {
  let bytes = 0
  request.on('data', chunk => (bytes += chunk.length))
  request.on('end', () => response.end('ok'))
}).listen(0, '127.0.0.1', function () {
  process.send({ port: this.address().port })
})

// Whoever started it may have been killed.
process.on('disconnect', () => process.exit())
