import { isIPv6 } from 'node:net'

/** Keys of objects that are about a person. */
export const PERSON_KEY =
  /^(?:actor|assignees?|attendees?|author|booker|committer|contact|creator|customer|guests?|hosts?|invitees?|members?|organizer|owner|persons?|people|pusher|participants?|recipients?|requested_reviewers?|responses|sender|users?|from|to)$/i
export const NAME_KEY =
  /^(?:name|(?:display|first|last|full|given|family|middle|nick|real)_?name|(?:organizer|attendee|host|guest|user|author|customer|contact)_?name)$/i
export const HANDLE_KEY = /^(?:login|user_?name|screen_?name|handle|preferred_?username)$/i
export const PHONE_KEY = /^(?:phone|mobile|tel|sms|whatsapp|cell|fax)|phone(?:_?number)?$/i
/** Where somebody lives or is met. */
export const PLACE_KEY =
  /^(?:(?:home|postal|street|billing|shipping|mailing|formatted|full)?_?address(?:_?line)?_?\d?|street(?:_?name)?|(?:post|postal|zip)_?code|zip|location|venue)$/i
export const SECRET_KEY =
  /(?:^|[_.-])(?:secret|token|password|passwd|pwd|passcode|api_?key|private_?key|authorization|cookie|credentials?|client_?state|signature)$|[a-z](?:Secret|Token|Password|Passcode|ApiKey|PrivateKey|ClientState|Signature|Credentials?)$/i

/** What gives itself away by its form: keys of services, JSON web tokens, private keys, secrets inside URLs. */
export const TOKENS = [
  String.raw`eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*`,
  String.raw`gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}`,
  String.raw`[sr]k_(?:live|test)_\w{10,}|whsec_[\w+/=-]{10,}|ya29\.[\w.-]{10,}|AIza[\w-]{30,}|AKIA[0-9A-Z]{16}`,
  String.raw`(?:secret|ntn)_\w{30,}|SG\.[\w-]{16,}\.[\w-]{16,}`,
  String.raw`(?<=\b(?:Bearer|Basic)\s+)[\w.~+/=-]{8,}`,
  String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?`,
  String.raw`(?<=[?&;](?:[\w-]*token|[\w-]*key|code|sig|[\w-]*signature|[\w-]*secret|password|pwd|auth|x-amz-credential)=)[^&#\s"'<>]+`,
  String.raw`(?<=:\/\/)[^\s/@"'<>]+(?=@)`,
].join('|')
/** Also where a URL has written it: `ana%40example.org`. Bounded (RFC 5321), so that a long text takes linear time. */
export const EMAIL = String.raw`[^\s@<>"'(),:;\\/=?&%[\]|]{1,64}(?:@|%40)[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,250}[\p{L}\p{N}])?\.[\p{L}\p{N}-]*\p{L}`
export const IP = String.raw`(?<![\w.]|[\p{L}]\/)(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)|(?<![\w:.])(?=[0-9a-fA-F]*:[0-9a-fA-F]*:)[0-9a-fA-F:]{3,39}(?![\w:.])`
/** With the code of its country, or as it is dialled at home: `0171 2345678`. */
export const PHONE = String.raw`(?<![\w+])\+\d(?:[ ().-]{0,2}\d){7,14}(?!\w)|(?<![\w.:/+-])0\d{2,4}[ /-]\d{5,9}(?![\w-])`

/**
 * Whether a text is one that leads to somebody's door: `Calle Mayor 5, Madrid`, a postal code. No URL or e-mail or
 * network address, which have rules of their own, and no word of a service as `integrations:zoom` or `attendeeInPerson`.
 */
export function isPlace(text: string): boolean {
  return text.length >= 4 && /[\s,]|\d/.test(text) && !NO_PLACE.test(text)
}

const NO_PLACE = /^[a-z][\w+.-]*:|@|^[\d.]+\.[\d.]+$|^[\da-f:]+:[\da-f:]*$|^Address \d+$/i

/** Domains that are nobody's (RFC 2606), so that what is a placeholder already stays. */
export function isNobodysAddress(email: string): boolean {
  return /(?:@|%40|\.)(?:example\.(?:com|org|net|edu)|example|test|invalid|localhost)$/i.test(email)
}

/** Whether it is the address of a machine that could be somebody's. */
export function isRealIp(text: string): boolean {
  if (text.includes(':')) return isIPv6(text) && !/^(?:::1?|2001:db8:.*)$/i.test(text)
  if (text.split('.').some(part => Number(part) > 255)) return false
  return !/^(?:127\.|0\.0\.0\.0$|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.)/.test(text)
}
