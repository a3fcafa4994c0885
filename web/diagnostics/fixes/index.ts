import type { Fix } from '../fix.ts'
import { enableFix } from './enable.ts'
import { playFix } from './play.ts'
import { renewFix } from './renew.ts'
import { repairFix } from './repair.ts'
import { seenFix, unseenFix } from './seen.ts'
import { testFix } from './test-push.ts'
import { cameraFix, microphoneFix } from './try-media.ts'
import { updateFix } from './update.ts'
import { endQuietFix, keepFix, switchOnFix, unmuteFix } from './wishes.ts'

export const ALL_FIXES: readonly Fix[] = [
  enableFix,
  repairFix,
  updateFix,
  renewFix,
  testFix,
  seenFix,
  unseenFix,
  playFix,
  cameraFix,
  microphoneFix,
  endQuietFix,
  unmuteFix,
  switchOnFix,
  keepFix,
]
