// A push service that reads a message and answers 201, over HTTP/2 and HTTP/1.1. It decrypts nothing: its work is the
// same for whoever sends. With EC_BENCH_TELL it tells the paths of what has come, and when (ms since 1970).
import { createSecureServer } from 'node:http2'
import { makeCertificate } from './certificate.js'

const { key, cert } = makeCertificate()

// HTTP/2 without Node's layer that makes it look like HTTP/1.1, so that the service is not what is measured.
const server = createSecureServer({ key, cert, allowHTTP1: true })
server.on('stream', (stream, headers) => {
  stream.on('error', () => {})
  stream.resume()
  tell(headers[':path'])
  stream.on('end', () => stream.respond({ ':status': 201, location: '/message/1' }, { endStream: true }))
})
server.on('request', (request, response) => {
  if (request.httpVersionMajor > 1) return
  request.resume()
  tell(request.url)
  request.on('end', () => response.writeHead(201, { location: '/message/1' }).end())
})
const arrived = []
const tell = process.env.EC_BENCH_TELL
  ? path => {
      arrived.push([path, performance.timeOrigin + performance.now()])
      if (arrived.length === 1) setTimeout(() => process.send({ arrived: arrived.splice(0) }), 20)
    }
  : () => {}
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port, ca: cert }))

process.on('message', () => process.exit())
// Whoever started it may have been killed.
process.on('disconnect', () => process.exit())
