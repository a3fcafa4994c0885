import type { Check } from '../check.ts'

export const permissionCheck: Check = {
  code: 'browser.permission',
  needs: ['browser.worker.supported'],
  deadlineMs: 1_000,
  async run({ ctx }) {
    const { notifications } = ctx
    if (notifications === null) return { status: 'fail', state: 'permission.unsupported' }
    switch (notifications.permission()) {
      case 'granted':
        return { status: 'ok', state: 'permission.granted' }
      case 'denied':
        return { status: 'fail', state: 'permission.denied' }
      default:
        return { status: 'fail', state: 'permission.unasked', fixes: ['enable'] }
    }
  },
}
