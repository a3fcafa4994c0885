/** What the people of a busy week call things. Made up, all of it. */
export const CALENDARS = ['Work', 'Family', 'Team'] as const

export const MEETINGS = [
  'Planning',
  'Design review',
  'Lunch with Ines',
  'Dentist',
  'Budget',
  'Interview',
  'Stand-up',
  'Retrospective',
  'School concert',
  'Running with Ben',
  'Call with the printer',
  'Quarterly numbers',
] as const

export const SENDERS = [
  'Ines Example <ines@example.com>',
  'Ben Example <ben@example.com>',
  'Yuki Example <yuki@example.net>',
  'Printing House <orders@example.org>',
  'City Library <no-reply@example.org>',
] as const

export const MAIL_SUBJECTS = [
  'The draft for Thursday',
  'Can we move our call?',
  'Your order is ready',
  'Photos of the weekend',
  'Two questions about the budget',
  'A book that you reserved',
  'Notes of the meeting',
] as const

export const REPLIES = [
  'Thank you, that works for me.',
  'Could you send me the numbers again?\n\nNo hurry.',
  'I am late by ten minutes, sorry.',
  'See you there!',
  'Attached is nothing, but it is good news all the same.',
] as const
