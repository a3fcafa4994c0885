/** A number of at most 15 digits made of a UUID's random bits, where a service counts or numbers its messages. */
export function uuidDigits(uuid: string): string {
  return String(Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16))
}
