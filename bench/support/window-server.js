// The yardstick of a window: a bare `node:http` server that sends so many bytes, which it is told.
import { createServer } from 'node:http'

const body = Buffer.alloc(Number(process.env.EC_BENCH_BYTES), 'x')
createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': body.length,
      'x-ec-cache': 'hit',
    })
    response.end(body)
  })
}).listen(0, '127.0.0.1', function () {
  process.send({ port: this.address().port })
})

// Whoever started it may have been killed.
process.on('disconnect', () => process.exit())
