import type { EcEvent } from '#ec/core/event.js'
import { LANGUAGES, type Language } from '#ec/agent/dispatch/email/words/language.js'

type Said = readonly [title: string, body: string]
type Row = readonly [
  what: string,
  fields: Pick<EcEvent, 'type' | 'service'> & Partial<EcEvent>,
  said: Readonly<Record<Language, Said>>,
]

const OPEN = 'https://app.example.org/'

/** What services really mail: the eighteen rows, each as its service would write it in each language. */
const ROWS: readonly Row[] = [
  [
    'notes: return to a thought',
    { type: 'reminder.due', service: 'notes', cta: { label: 'Open', url: `${OPEN}n/7` } },
    {
      en: ['A library of small habits', 'You wrote: what if each habit were a card?'],
      ru: ['Библиотека малых привычек', 'Вы писали: а если каждая привычка это карточка?'],
      es: ['Una biblioteca de pequeños hábitos', 'Escribiste: ¿y si cada hábito fuera una tarjeta?'],
    },
  ],
  [
    'notes: a note was reworked',
    { type: 'job.done', service: 'notes', data: { duration_s: 65 } },
    {
      en: ['“Trip to Lisbon” is in shape', 'Three sections, a list of things to pack.\n\nNothing was thrown away.'],
      ru: ['«Поездка в Лиссабон» приведена в порядок', 'Три раздела, список вещей.\n\nНичего не выброшено.'],
      es: ['«Viaje a Lisboa» está en orden', 'Tres secciones y una lista de equipaje.\n\nNo se ha tirado nada.'],
    },
  ],
  [
    'notes: choose draft A or B',
    { type: 'action.required', service: 'notes', data: { action_id: 'act_777', options: ['A', 'B'] } },
    {
      en: ['Draft A or B?', 'A is short. B tells the story.'],
      ru: ['Черновик A или B?', 'A короткий. B рассказывает историю.'],
      es: ['¿Borrador A o B?', 'A es breve. B cuenta la historia.'],
    },
  ],
  [
    'tasks: a new task',
    { type: 'task.created', service: 'tasks', data: { due_at: '2026-01-09T16:00:00Z' } },
    {
      en: ['Send the contract', 'From the call with Marta.'],
      ru: ['Отправить договор', 'После звонка с Мартой.'],
      es: ['Enviar el contrato', 'De la llamada con Marta.'],
    },
  ],
  [
    'tasks: a deadline is near',
    { type: 'reminder.due', service: 'tasks', level: 'warning', data: { due_at: '2026-01-05T16:30:00Z' } },
    {
      en: ['The contract is due today', 'Two points are still open.'],
      ru: ['Договор нужен сегодня', 'Открыты ещё два пункта.'],
      es: ['El contrato es para hoy', 'Quedan dos puntos abiertos.'],
    },
  ],
  [
    'tasks: choose priority or date',
    {
      type: 'action.required',
      service: 'tasks',
      expires_at: '2026-01-07T11:00:00Z',
      data: {
        options: [
          { id: 'high', label: '1' },
          { id: 'mid', label: '2' },
          { id: 'low', label: '3' },
          { id: 'date', label: '12.01' },
          { id: 'drop', label: '-', style: 'danger' },
        ],
      },
    },
    {
      en: ['When is “Taxes” to be done?', 'It has neither a priority nor a date.'],
      ru: ['Когда сделать «Налоги»?', 'Нет ни приоритета, ни даты.'],
      es: ['¿Cuándo hay que hacer «Impuestos»?', 'No tiene ni prioridad ni fecha.'],
    },
  ],
  [
    'tasks: the materials are ready',
    { type: 'job.done', service: 'tasks', data: { duration_s: 7_500 }, cta: { label: 'Open', url: `${OPEN}t/1` } },
    {
      en: ['Materials for the talk', 'Twelve sources and a summary.'],
      ru: ['Материалы к докладу', 'Двенадцать источников и краткое изложение.'],
      es: ['Materiales para la charla', 'Doce fuentes y un resumen.'],
    },
  ],
  [
    'vision: a check-in',
    { type: 'reminder.due', service: 'vision' },
    {
      en: ['How did the week go?', 'Three questions, two minutes.'],
      ru: ['Как прошла неделя?', 'Три вопроса, две минуты.'],
      es: ['¿Cómo ha ido la semana?', 'Tres preguntas, dos minutos.'],
    },
  ],
  [
    'vision: the map was rebuilt',
    { type: 'job.done', service: 'vision' },
    {
      en: ['Your map for 2026', 'Two goals moved closer together.'],
      ru: ['Ваша карта на 2026 год', 'Две цели сблизились.'],
      es: ['Tu mapa de 2026', 'Dos metas se han acercado.'],
    },
  ],
  [
    'vision: choose the next step',
    { type: 'action.required', service: 'vision', data: { options: ['1', '2', '3'] } },
    {
      en: ['What comes after the course?', '1 a project, 2 a mentor, 3 a pause'],
      ru: ['Что после курса?', '1 проект, 2 наставник, 3 пауза'],
      es: ['¿Qué viene después del curso?', '1 un proyecto, 2 un mentor, 3 una pausa'],
    },
  ],
  [
    'journey: a comment',
    { type: 'message.new', service: 'journey', thread: 'sprint-12', data: { from: 'Marta' } },
    {
      en: ['Marta commented on “Sprint 12”', 'Good pace.\nLet us keep Friday free.'],
      ru: ['Марта прокомментировала «Спринт 12»', 'Хороший темп.\nДавай оставим пятницу свободной.'],
      es: ['Marta comentó «Sprint 12»', 'Buen ritmo.\nDejemos libre el viernes.'],
    },
  ],
  [
    'team: a report',
    { type: 'message.new', service: 'team', actor: { name: 'Ivan' } },
    {
      en: ['The report for week 1', 'All is on the way.'],
      ru: ['Отчёт за первую неделю', 'Всё идёт по плану.'],
      es: ['El informe de la semana 1', 'Todo va según lo previsto.'],
    },
  ],
  [
    'team: the weekly report is due',
    { type: 'reminder.due', service: 'team', data: { due_at: '2026-01-09T17:00:00Z' } },
    {
      en: ['Week 2: your report', 'Five lines are enough.'],
      ru: ['Вторая неделя: ваш отчёт', 'Пяти строк достаточно.'],
      es: ['Semana 2: tu informe', 'Bastan cinco líneas.'],
    },
  ],
  [
    'journey: the sprint was closed',
    { type: 'job.done', service: 'journey' },
    {
      en: ['Sprint 12: 9 of 11 done', 'Two tasks move on.'],
      ru: ['Спринт 12: сделано 9 из 11', 'Две задачи переходят дальше.'],
      es: ['Sprint 12: 9 de 11 hechas', 'Dos tareas pasan al siguiente.'],
    },
  ],
  [
    'health: a pause of a minute',
    { type: 'reminder.due', service: 'health', expires_at: '2026-01-05T12:10:00Z' },
    {
      en: ['Look out of the window', 'You have sat for ninety minutes.'],
      ru: ['Посмотрите в окно', 'Вы сидите уже полтора часа.'],
      es: ['Mira por la ventana', 'Llevas noventa minutos sentada.'],
    },
  ],
  [
    'health: the day was analysed',
    { type: 'job.done', service: 'health' },
    {
      en: ['Monday: 7 h 40 min of sleep', 'Calmer than last week.'],
      ru: ['Понедельник: 7 ч 40 мин сна', 'Спокойнее, чем на прошлой неделе.'],
      es: ['Lunes: 7 h 40 min de sueño', 'Más tranquilo que la semana pasada.'],
    },
  ],
  [
    'chat: a new message',
    { type: 'message.new', service: 'chat', thread: 'room-4', actor: 'Olga' },
    {
      en: ['Olga wrote to you', 'Are you free at five?'],
      ru: ['Ольга написала вам', 'Ты свободна в пять?'],
      es: ['Olga te ha escrito', '¿Estás libre a las cinco?'],
    },
  ],
  [
    'system: a payment failed',
    { type: 'system.alert', service: 'system', level: 'critical', cta: { label: 'Pay', url: `${OPEN}pay` } },
    {
      en: ['The payment for January failed', 'The card has expired. Access ends in 3 days.'],
      ru: ['Платёж за январь не прошёл', 'Карта просрочена. Доступ закончится через 3 дня.'],
      es: ['El pago de enero ha fallado', 'La tarjeta ha caducado. El acceso acaba en 3 días.'],
    },
  ],
]

export interface ServiceMail {
  readonly what: string
  readonly language: Language
  readonly event: EcEvent
}

export const SERVICE_MAILS: readonly ServiceMail[] = LANGUAGES.flatMap(language =>
  ROWS.map(([what, fields, said], i) => {
    const [title, body] = said[language]
    const event = { id: `evt_${i + 1}`, user_id: 'ana', level: 'info', created_at: '2026-01-05T12:00:00.000Z' } as const
    return { what, language, event: { ...event, ...fields, title, body } }
  }),
)
