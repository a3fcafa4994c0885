import type { Language } from './language.ts'
import type { Catalogue } from './say.ts'

/** What the page around the notification center says. */
const EN = {
  inbox: 'Inbox',
  titled: { one: '({n}) Inbox', other: '({n}) Inbox' },
  language: 'Language',
  diagnostics: 'Diagnostics',
  signOut: 'Sign out',
  signedOut: 'Sign in with a link',
  signIn:
    'On the machine where the agent runs, type this with your name, and open the link that it prints in this browser.',
  used: 'This link is no longer good: each works once, and for a while. Ask for another in the same way.',
  unreachable: 'The agent cannot be reached. This page works again as soon as it can.',
  again: 'Try again',
} as const

export type PageWord = keyof typeof EN

const RU: Catalogue<PageWord> = {
  inbox: 'Входящие',
  titled: '({n}) Входящие',
  language: 'Язык',
  diagnostics: 'Диагностика',
  signOut: 'Выйти',
  signedOut: 'Войдите по ссылке',
  signIn: 'На машине, где работает агент, наберите это со своим именем и откройте напечатанную ссылку в этом браузере.',
  used: 'Эта ссылка больше не действует: каждая работает один раз и недолго. Получите другую так же.',
  unreachable: 'Агент недоступен. Страница заработает, как только он появится.',
  again: 'Попробовать снова',
}

const ES: Catalogue<PageWord> = {
  inbox: 'Bandeja',
  titled: '({n}) Bandeja',
  language: 'Idioma',
  diagnostics: 'Diagnóstico',
  signOut: 'Salir',
  signedOut: 'Entra con un enlace',
  signIn:
    'En la máquina donde funciona el agente, escribe esto con tu nombre y abre en este navegador el enlace que imprime.',
  used: 'Este enlace ya no sirve: cada uno vale una vez y por un tiempo. Pide otro del mismo modo.',
  unreachable: 'No se puede contactar con el agente. La página volverá en cuanto se pueda.',
  again: 'Intentar de nuevo',
}

export const PAGE: Readonly<Record<Language, Catalogue<PageWord>>> = { en: EN, ru: RU, es: ES }
