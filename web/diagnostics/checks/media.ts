import type { Check } from '../check.ts'

export const soundCheck: Check = {
  code: 'browser.sound',
  needs: [],
  unasked: { status: 'unknown', state: 'sound.unasked', fixes: ['play'] },
}

export const cameraCheck: Check = {
  code: 'browser.camera',
  needs: ['browser.secure'],
  unasked: { status: 'unknown', state: 'camera.unasked', fixes: ['camera'] },
}

export const microphoneCheck: Check = {
  code: 'browser.microphone',
  needs: ['browser.secure'],
  unasked: { status: 'unknown', state: 'microphone.unasked', fixes: ['microphone'] },
}
