// The flood of `bench/flood.js`, in a process of its own: told where and how long, it says when all of it is under way and
// at the end what it sent. It ends by itself.
import { connect } from 'node:net'

const MIB = 1024 * 1024
/** Bodies that stop half-way: together all the memory that unverified bodies may take. */
const HALF = { connections: 1024, bytes: 64 * 1024 }
/** Heads that come a byte at a time. */
const DRIPPING = 200
/** Each at a time, again and again. */
const HUGE = 8
const NONSENSE = 16

process.once('message', plan => void run(plan))

async function run({ port, path, durationMs }) {
  const until = performance.now() + durationMs
  const sent = { halfBodies: 0, drippingHeads: 0, tooLarge: 0, wronglySigned: 0 }
  /** The connections of the first wave. */
  const opening = []
  const chunk = Buffer.alloc(HALF.bytes, 'a')

  for (let i = 0; i < HALF.connections; i++) hold()
  for (let i = 0; i < DRIPPING; i++) drip()
  for (let i = 0; i < HUGE; i++) again('tooLarge', head(30 * MIB))
  for (let i = 0; i < NONSENSE; i++) again('wronglySigned', `${head(1024, '0'.repeat(64))}${'a'.repeat(1024)}`)
  void Promise.all(opening).then(() => process.send('ready'))
  setTimeout(() => process.send(sent, () => process.exit(0)), durationMs)

  function hold() {
    sent.halfBodies += 1
    const socket = open(() => {
      socket.write(head(20 * MIB))
      socket.write(chunk)
    })
    socket.once('close', () => performance.now() < until && setTimeout(hold, 200))
  }

  function drip() {
    sent.drippingHeads += 1
    const text = head(10)
    let at = 0
    const socket = open(() => {
      const timer = setInterval(() => socket.write(text[at++ % text.length]), 250)
      socket.once('close', () => clearInterval(timer))
    })
    socket.once('close', () => performance.now() < until && setTimeout(drip, 200))
  }

  /** One after the other, twenty a second for each. */
  function again(kind, text) {
    sent[kind] += 1
    const socket = open(() => socket.write(text))
    socket.once('data', () => socket.destroy())
    socket.once('close', () => performance.now() < until && setTimeout(() => again(kind, text), 50))
  }

  function open(connected) {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', connected)
    socket.on('error', () => {})
    opening.push(new Promise(resolve => socket.once('connect', resolve).once('close', resolve)))
    socket.resume()
    return socket
  }

  function head(length, signature) {
    const proof = signature === undefined ? '' : `x-hub-signature-256: sha256=${signature}\r\n`
    return (
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\nx-github-event: push\r\n` +
      `x-github-delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958\r\n${proof}content-length: ${length}\r\n\r\n`
    )
  }
}
