import type { Notice } from './notice.ts'
import type { Ports } from './ports.ts'

/**
 * Shows it, exactly once. A browser that refuses an option gets the words alone: a push that shows nothing costs the
 * subscription. Resolves with whether it is there. Never rejects.
 */
export async function showNotice(ports: Pick<Ports, 'show'>, { title, options }: Notice): Promise<boolean> {
  try {
    await ports.show(title, options)
    return true
  } catch {
    const { body, tag, data, navigate } = options
    const plain = {
      ...(body === undefined ? {} : { body }),
      ...(tag === undefined ? {} : { tag }),
      ...(navigate === undefined ? {} : { navigate }),
      data,
    }
    // Without the permission nothing can be shown, and nobody can be told.
    return ports.show(title, plain).then(
      () => true,
      () => false,
    )
  }
}
