import type { LookupFunction } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import type { ApiCall } from '../../../core/api-call.ts'
import { createSystemClock } from '../../../core/clock.ts'
import type {
  Answered,
  CarrierReply,
  CarrierRequest,
  CarrierSetup,
  Lookup,
  NumberedLetter,
} from './carrier-protocol.ts'
import { unpackLetters } from './carrier-protocol.ts'
import { createDirectCarrier } from './direct-carrier.ts'

/** The first go on their way while the next are encrypted, which takes a tenth of a millisecond each. */
const AT_ONCE = 16

interface Hold {
  readonly control: AbortController
  letters: number
}

/** The thread of `thread-carrier.ts`: encrypts and sends what it is given, and says what came of it. */
if (parentPort) serve(parentPort)

function serve(port: NonNullable<typeof parentPort>): void {
  const { ca, deadlineMs, maxSessions }: CarrierSetup = workerData
  const lookups = new Map<number, (found: Lookup) => void>()
  /** What ends letters together, as those of one claim, and how many of them are here. */
  const holds = new Map<number, Hold>()
  let waiting: readonly NumberedLetter[] = []
  let answers: Answered[] = []
  let calls: ApiCall[] = []
  let lastLookup = 0
  let isClosing = false

  const say = (reply: CarrierReply): void => port.postMessage(reply)

  const lookup: LookupFunction = (hostname, options, callback) => {
    const { family } = options
    const id = ++lastLookup
    lookups.set(id, found => {
      if (!found.ok) return callback(Object.assign(new Error(found.message), { code: found.code }), [])
      const [first] = found.addresses
      if (options.all === true || first === undefined) callback(null, [...found.addresses])
      else callback(null, first.address, first.family)
    })
    say({ type: 'look up', id, hostname, family: family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : (family ?? 0) })
  }

  const carrier = createDirectCarrier({
    lookup,
    clock: createSystemClock(),
    random: Math.random,
    record: call => void calls.push(call),
    maxSessions,
    ...(ca === null ? {} : { ca }),
    ...(deadlineMs === null ? {} : { deadlineMs }),
  })

  function take(letters: readonly NumberedLetter[]): void {
    const isWorking = waiting.length > 0
    for (const { hold } of letters) {
      const known = holds.get(hold)
      if (known === undefined) holds.set(hold, { control: new AbortController(), letters: 1 })
      else known.letters += 1
    }
    waiting = [...waiting, ...letters]
    if (!isWorking) work()
  }

  function work(): void {
    const some = waiting.slice(0, AT_ONCE)
    waiting = waiting.slice(AT_ONCE)
    for (const one of some) void carry(one)
    if (waiting.length > 0) setImmediate(work)
  }

  async function carry({ id, letter, hold }: NumberedLetter): Promise<void> {
    const its = holds.get(hold)
    if (its === undefined) return
    let answer: Answered[1]
    try {
      answer = await carrier.carry(letter, its.control.signal)
    } catch (error) {
      answer = { type: 'wrong', message: error instanceof Error ? error.message : String(error) }
    }
    its.letters -= 1
    if (its.letters === 0) holds.delete(hold)
    // All that is answered in this turn goes together.
    if (answers.push([id, answer]) === 1) setImmediate(flush)
  }

  function flush(): void {
    say({ type: 'answers', answers, calls })
    answers = []
    calls = []
    endIfDone()
  }

  async function close(): Promise<void> {
    isClosing = true
    await carrier.close()
    endIfDone()
  }

  function endIfDone(): void {
    if (isClosing && holds.size === 0 && answers.length === 0) port.close()
  }

  port.on('message', (request: CarrierRequest) => {
    switch (request.type) {
      case 'letters':
        return take(unpackLetters(request.letters, request.texts))
      case 'cancel':
        return void holds.get(request.hold)?.control.abort()
      case 'looked up':
        lookups.get(request.id)?.(request.found)
        return void lookups.delete(request.id)
      case 'close':
        return void close()
      default:
        return request satisfies never
    }
  })
  say({ type: 'ready' })
}
