/**
 * Does `work` once for each object and keeps what came of it as long as the object is there. For what is asked again and
 * again of things that never change, as for each device that an event goes to.
 */
export function onceFor<Key extends object, Value>(work: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>()
  return key => {
    const before = known.get(key)
    if (before !== undefined) return before.value
    const value = work(key)
    known.set(key, { value })
    return value
  }
}
