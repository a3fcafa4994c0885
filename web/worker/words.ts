import { languageOf, type Language } from '../shared/language.ts'

/** What the worker says itself; everything else comes with the message. */
export interface Words {
  /** Of a message that cannot be read. */
  readonly news: string
  readonly newsBody: string
  /** A button, when not every option has one. */
  readonly open: string
  readonly answered: (label: string) => string
  readonly answeredElsewhere: string
  readonly ended: string
  readonly notSent: string
  readonly waiting: string
  readonly openToAnswer: string
  readonly openToSee: string
  readonly waitingBody: string
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    news: 'You have a new notification',
    newsBody: 'Open to see it.',
    open: 'More options',
    answered: label => `Already answered: ${label}`,
    answeredElsewhere: 'Already answered',
    ended: 'This question has ended',
    notSent: 'The answer was not sent',
    waiting: 'The answer is waiting',
    openToAnswer: 'Open to answer.',
    openToSee: 'Open to see it.',
    waitingBody: 'There is no connection. It is sent when there is one.',
  },
  ru: {
    news: 'Новое уведомление',
    newsBody: 'Откройте, чтобы прочитать.',
    open: 'Другие варианты',
    answered: label => `Уже есть ответ: ${label}`,
    answeredElsewhere: 'Ответ уже есть',
    ended: 'Вопрос уже закрыт',
    notSent: 'Ответ не отправлен',
    waiting: 'Ответ ждёт отправки',
    openToAnswer: 'Откройте, чтобы ответить.',
    openToSee: 'Откройте, чтобы посмотреть.',
    waitingBody: 'Нет связи. Ответ уйдёт, как только она появится.',
  },
  es: {
    news: 'Tienes una notificación nueva',
    newsBody: 'Ábrela para verla.',
    open: 'Más opciones',
    answered: label => `Ya hay una respuesta: ${label}`,
    answeredElsewhere: 'Ya hay una respuesta',
    ended: 'Esta pregunta ya terminó',
    notSent: 'La respuesta no se envió',
    waiting: 'La respuesta está en espera',
    openToAnswer: 'Ábrela para responder.',
    openToSee: 'Ábrela para verla.',
    waitingBody: 'No hay conexión. Se enviará cuando la haya.',
  },
}

/** In the first of the languages that there are words in. */
export function wordsIn(...tags: readonly (string | null | undefined)[]): Words {
  return WORDS[languageOf(...tags)]
}
