import { EcError, toEcError } from '../../../../core/errors.ts'
import type { Log } from '../../../../core/log.ts'
import type { HtmlPage, PageApi } from '../../../http/api.ts'
import type { PageTokens } from '../page-tokens.ts'
import { pickLanguage } from '../words/language.ts'
import { WORDS } from '../words/words.ts'
import type { AnswerPage } from './answer-page.ts'
import { createPageRenderer, type PageView } from './page.ts'
import type { StopPage } from './stop-page.ts'

/** The pages that mail links to. To look at one changes nothing, since scanners of mail open every link. */
export function createPages(options: {
  readonly tokens: PageTokens
  readonly answers: AnswerPage
  readonly stops: StopPage
  readonly log: Log
}): PageApi {
  const { tokens, answers, stops, log } = options
  const render = createPageRenderer()

  async function answer(languages: string | null, look: () => Promise<PageView | null>): Promise<HtmlPage> {
    try {
      return render((await look()) ?? said('gone', 404, languages))
    } catch (thrown) {
      const error = thrown instanceof EcError ? thrown : toEcError(thrown)
      log.error('a page of a mail failed', { code: error.code, error: error.message })
      return render(said('failed', error.status >= 500 ? error.status : 503, languages))
    }
  }

  return {
    showAnswer: (token, languages) =>
      answer(languages, async () => {
        const claim = await tokens.readAnswer(token)
        return claim && answers.show(claim)
      }),
    submitAnswer: (token, form, languages) =>
      answer(languages, async () => {
        const claim = await tokens.readAnswer(token)
        return claim && answers.submit(claim, form)
      }),
    showStop: (token, languages) =>
      answer(languages, async () => {
        const claim = await tokens.readStop(token)
        return claim && stops.show(claim)
      }),
    submitStop: (token, form, languages) =>
      answer(languages, async () => {
        const claim = await tokens.readStop(token)
        return claim && stops.submit(claim, form)
      }),
  }
}

/** In the first language of `Accept-Language` that is ours, since whose link it was is not known. */
function said(what: 'gone' | 'failed', status: number, languages: string | null): PageView {
  const language = pickLanguage(
    ...(languages ?? '')
      .slice(0, 200)
      .split(',')
      .map(tag => tag.split(';', 1)[0]?.trim()),
  )
  const words = WORDS[language].pages
  const [title, text] = what === 'gone' ? [words.goneTitle, words.gone] : [words.failedTitle, words.failed]
  return { status, language, notice: null, title, body: [[text]], forms: [], after: null }
}
