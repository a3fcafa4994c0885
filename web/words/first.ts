import type { Language } from './language.ts'
import type { Catalogue } from './say.ts'

/** What is said before anybody opens anything: bell, toasts, questions. */
const EN = {
  notifications: 'Notifications',
  unread: { one: 'Notifications, {n} unread', other: 'Notifications, {n} unread' },
  close: 'Close',
  more: { one: 'and {n} more', other: 'and {n} more' },
  away: { one: 'While you were away: {n}', other: 'While you were away: {n}' },
  show: 'Show',
  answer: 'Answer',
  warning: 'Warning',
  error: 'Error',
  critical: 'Critical',
  failed: 'That did not work ({code}). Try again in a moment.',
  unreachable: 'No connection. Try again in a moment.',
  signedOut: 'You are signed out.',
  reload: 'There is a newer version. Reload the page.',
} as const

export type FirstWord = keyof typeof EN

const RU: Catalogue<FirstWord> = {
  notifications: 'Уведомления',
  unread: {
    one: 'Уведомления, {n} непрочитанное',
    few: 'Уведомления, {n} непрочитанных',
    many: 'Уведомления, {n} непрочитанных',
    other: 'Уведомления, {n} непрочитанных',
  },
  close: 'Закрыть',
  more: 'и ещё {n}',
  away: 'Пока вас не было: {n}',
  show: 'Показать',
  answer: 'Ответить',
  warning: 'Внимание',
  error: 'Ошибка',
  critical: 'Срочно',
  failed: 'Не получилось ({code}). Попробуйте чуть позже.',
  unreachable: 'Нет связи. Попробуйте чуть позже.',
  signedOut: 'Вы вышли.',
  reload: 'Есть новая версия. Обновите страницу.',
}

const ES: Catalogue<FirstWord> = {
  notifications: 'Notificaciones',
  unread: { one: 'Notificaciones, {n} sin leer', other: 'Notificaciones, {n} sin leer' },
  close: 'Cerrar',
  more: 'y {n} más',
  away: 'Mientras no estabas: {n}',
  show: 'Mostrar',
  answer: 'Responder',
  warning: 'Aviso',
  error: 'Error',
  critical: 'Urgente',
  failed: 'No ha funcionado ({code}). Inténtalo dentro de un momento.',
  unreachable: 'Sin conexión. Inténtalo dentro de un momento.',
  signedOut: 'Has cerrado la sesión.',
  reload: 'Hay una versión nueva. Recarga la página.',
}

export const FIRST: Readonly<Record<Language, Catalogue<FirstWord>>> = { en: EN, ru: RU, es: ES }
