import type { PageClock } from '../../center/page-clock.ts'
import type { MediaKind, MediaPort } from '../context.ts'
import { whyNot } from './why-not.ts'

const LISTEN_MS = 2_500
const EVERY_MS = 100

export function createMediaPort(clock: PageClock): MediaPort {
  return {
    async try(kind, onLevel, signal) {
      // Not there on a page that is not secure, whatever the types say.
      const devices: MediaDevices | undefined = navigator.mediaDevices
      if (devices === undefined) return { found: 'unsupported' }
      let stream: MediaStream
      try {
        stream = await devices.getUserMedia(kind === 'camera' ? { video: true } : { audio: true })
      } catch (error) {
        return { found: whyNot(error) }
      }
      const stop = (): void => stream.getTracks().forEach(track => track.stop())
      signal.addEventListener('abort', stop, { once: true })
      try {
        const [track] = stream.getTracks()
        const name = track?.label ?? ''
        const level = kind === 'microphone' ? await listen(stream, clock, onLevel, signal) : null
        return { found: 'ok', name: name === '' ? kindName(kind) : name, level }
      } finally {
        stop()
      }
    },
  }
}

function kindName(kind: MediaKind): string {
  return kind === 'camera' ? 'Camera' : 'Microphone'
}

/** The loudest of a moment, 0 to 1; each step is told meanwhile. */
async function listen(
  stream: MediaStream,
  clock: PageClock,
  onLevel: (level: number) => void,
  signal: AbortSignal,
): Promise<number> {
  const audio = new AudioContext()
  try {
    const analyser = audio.createAnalyser()
    audio.createMediaStreamSource(stream).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    let loudest = 0
    for (let ms = 0; ms < LISTEN_MS && !signal.aborted; ms += EVERY_MS) {
      await new Promise<void>(resolve => void clock.setTimer(resolve, EVERY_MS))
      analyser.getFloatTimeDomainData(samples)
      const level = Math.min(1, Math.max(...samples.map(Math.abs)))
      loudest = Math.max(loudest, level)
      onLevel(level)
    }
    return loudest
  } finally {
    await audio.close()
  }
}
