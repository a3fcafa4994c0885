import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** What a trace tells of the order of answers and syncs. */
export interface AnswerOrder {
  /** Answers with 2xx to requests that carried something to keep. */
  readonly answers: number
  /** Those that left before everything they speak of had been written to the log and synced. */
  readonly early: number
  /** Syncs of the log that came back without an error. */
  readonly syncs: number
  /** The first early ones, by their marks. */
  readonly examples: readonly string[]
}

/** The system calls that `readAnswerOrder` needs to see, as arguments for strace. */
export const TRACED = [
  '-e',
  'trace=read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync',
  // With the paths of descriptors, and long enough to see whole pages of the log.
  '-y',
  '-s',
  '40000',
]

const MARK = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/**
 * Reads the output of strace and proves, or not, that nothing was answered before it was durable. A request carries
 * marks (GUIDs). Each must have been in a page that was written to the write-ahead log, and a sync of the log must have
 * begun after that write and come back without an error, all before the first byte of a 2xx leaves. A sync that merely
 * happened meanwhile, for the batch of others, is no proof.
 *
 * The lines of one output file stand in the order in which strace saw the calls begin and end, and a call that ended
 * before another began was seen so: the threads wait for strace at both moments.
 */
export async function readAnswerOrder(traceFile: string): Promise<AnswerOrder> {
  const reading = new TraceReading()
  for await (const line of createInterface({ input: createReadStream(traceFile) })) reading.line(line)
  return reading.result()
}

/** The same for the lines of a trace in memory. */
export function orderOf(lines: Iterable<string>): AnswerOrder {
  const reading = new TraceReading()
  for (const line of lines) reading.line(line)
  return reading.result()
}

class TraceReading {
  /** By thread: the beginning of a call that has not ended. */
  readonly #unfinished = new Map<string, string>()
  /** By thread: marks that the sync under way covers. */
  readonly #syncing = new Map<string, readonly string[]>()
  /** By descriptor of a connection: the marks of the request that waits for its answer. */
  readonly #requests = new Map<string, string[]>()
  readonly #written = new Set<string>()
  readonly #durable = new Set<string>()
  #answers = 0
  #early = 0
  #syncs = 0
  readonly #examples: string[] = []

  line(line: string): void {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/s.exec(line) ?? []
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/s.exec(rest)
    if (resumed) {
      const begun = this.#unfinished.get(thread) ?? ''
      this.#unfinished.delete(thread)
      this.#end(thread, begun + (resumed[1] ?? ''))
    } else if (rest.endsWith('<unfinished ...>')) {
      const begun = rest.slice(0, -'<unfinished ...>'.length)
      this.#unfinished.set(thread, begun)
      this.#begin(thread, begun)
    } else {
      this.#begin(thread, rest)
      this.#end(thread, rest)
    }
  }

  result(): AnswerOrder {
    return { answers: this.#answers, early: this.#early, syncs: this.#syncs, examples: this.#examples.slice(0, 5) }
  }

  #begin(thread: string, call: string): void {
    const { name, fd, path } = parseCall(call)
    if (isSync(name) && path.endsWith('-wal')) this.#syncing.set(thread, [...this.#written])
    if (/^(write|writev|sendto|sendmsg)$/.test(name) && /"HTTP\/1\.1 2\d\d /.test(call)) this.#answer(fd)
  }

  #end(thread: string, call: string): void {
    const { name, fd, path, result } = parseCall(call)
    if (isSync(name)) return this.#synced(thread, result)
    if (result <= 0) return
    if (/^pwritev?(64)?$/.test(name) && path.endsWith('-wal')) {
      for (const [mark] of call.matchAll(MARK)) this.#written.add(mark)
    }
    if (/^(read|readv|recvfrom|recvmsg)$/.test(name) && path.startsWith('socket:')) this.#receive(fd, call)
  }

  #receive(fd: string, call: string): void {
    const marks = [...call.matchAll(MARK)].map(([mark]) => mark)
    if (/"(GET|POST|PUT|PATCH|DELETE) \//.test(call)) this.#requests.set(fd, bodyMarks(call))
    else this.#requests.get(fd)?.push(...marks)
  }

  #answer(fd: string): void {
    const marks = this.#requests.get(fd) ?? []
    this.#requests.delete(fd)
    if (marks.length === 0) return
    this.#answers += 1
    const missing = marks.filter(mark => !this.#durable.has(mark))
    if (missing.length === 0) return
    this.#early += 1
    this.#examples.push(...missing)
  }

  #synced(thread: string, result: number): void {
    const covered = this.#syncing.get(thread)
    this.#syncing.delete(thread)
    if (covered === undefined || result !== 0) return
    this.#syncs += 1
    for (const mark of covered) {
      this.#durable.add(mark)
      this.#written.delete(mark)
    }
  }
}

interface Call {
  readonly name: string
  readonly fd: string
  /** Of the descriptor, as `-y` tells it. */
  readonly path: string
  readonly result: number
}

function parseCall(call: string): Call {
  const [, name = '', fd = '', path = ''] = /^(\w+)\((\d+)<([^>]*)>/.exec(call) ?? []
  const [, result = '-1'] = /= (-?\d+)[^"]*$/.exec(call.slice(-200)) ?? []
  return { name, fd, path, result: Number(result) }
}

function isSync(name: string): boolean {
  return name === 'fsync' || name === 'fdatasync'
}

/** The marks of a request without those of its first line: a resource's id in the path is not kept again. */
function bodyMarks(call: string): string[] {
  const afterPath = call.indexOf(' HTTP/1.1')
  return [...call.slice(afterPath).matchAll(MARK)].map(([mark]) => mark)
}
