import type { PageClock } from '../../center/page-clock.ts'
import type { SoundPort } from '../context.ts'

const LENGTH_S = 0.6
/** A browser that lets sound through starts within a moment. */
const START_MS = 1_500

export function createSoundPort(clock: PageClock): SoundPort {
  return {
    async play() {
      if (!('AudioContext' in globalThis)) return 'none'
      const audio = new AudioContext()
      try {
        await Promise.race([audio.resume(), wait(clock, START_MS)])
        if (audio.state !== 'running') return 'blocked'
        ring(audio)
        const startedAt = audio.currentTime
        await wait(clock, LENGTH_S * 1_000 + 100)
        // Without anything to play on, its time stands still.
        return audio.currentTime > startedAt ? 'played' : 'none'
      } finally {
        await audio.close()
      }
    },
  }
}

/** Two soft tones, one after the other. */
function ring(audio: AudioContext): void {
  const gain = audio.createGain()
  gain.connect(audio.destination)
  gain.gain.setValueAtTime(0.0001, audio.currentTime)
  gain.gain.exponentialRampToValueAtTime(0.2, audio.currentTime + 0.05)
  gain.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + LENGTH_S)
  const tone = audio.createOscillator()
  tone.frequency.setValueAtTime(660, audio.currentTime)
  tone.frequency.setValueAtTime(880, audio.currentTime + LENGTH_S / 2)
  tone.connect(gain)
  tone.start()
  tone.stop(audio.currentTime + LENGTH_S)
}

function wait(clock: PageClock, ms: number): Promise<void> {
  return new Promise(resolve => void clock.setTimer(resolve, ms))
}
