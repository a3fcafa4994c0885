/** What is loaded when it is first needed, in one go. */
export { createPanel, type Panel } from './later/panel.ts'
export { createQuestionDialog, type QuestionDialog } from './later/question-dialog.ts'
export { offerPush } from './later/offer-push.ts'
