/** Of the element; constructed, so that a page needs no permission for it. */
export const STYLES = `
:host {
  --ink: #1d2330; --soft: #566074; --line: #dde2ea; --paper: #ffffff; --back: #f6f7f9; --press: #2450b5; --on-press: #ffffff;
  --ok: #1b7040; --warn: #8a5300; --fail: #b3261e; --ok-back: #e6f4ea; --warn-back: #fdf1dc; --fail-back: #fdeceb; --idle-back: #edf0f4;
  display: block; color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; text-align: start;
}
@media (prefers-color-scheme: dark) {
  :host {
    --ink: #e8ebf0; --soft: #a7b0c0; --line: #323946; --paper: #1c212a; --back: #14181f; --press: #9db8ff; --on-press: #10182c;
    --ok: #7fd39d; --warn: #f0bf6a; --fail: #ff9d94; --ok-back: #17301f; --warn-back: #35290f; --fail-back: #3a1b19; --idle-back: #272d38;
  }
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; letter-spacing: -.01em; text-wrap: balance; }
h2 { font-size: .8rem; font-weight: 600; margin: 2rem 0 .5rem; color: var(--soft); text-transform: uppercase; letter-spacing: .06em; }
p { margin: 0; }
.intro { color: var(--soft); margin-bottom: 1.5rem; max-width: 60ch; }
.summary { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: center; padding: 1rem 1.25rem; border-radius: .9rem; background: var(--idle-back); }
.summary[data-status=ok] { background: var(--ok-back); } .summary[data-status=warn] { background: var(--warn-back); } .summary[data-status=fail] { background: var(--fail-back); }
.summary .text { flex: 1 1 14rem; font-weight: 600; }
.sign { flex: none; display: inline-grid; place-items: center; inline-size: 1.6rem; block-size: 1.6rem; border-radius: 50%; font-size: .9rem; font-weight: 700; background: var(--idle-back); color: var(--soft); }
[data-status=ok] > .sign { background: var(--ok-back); color: var(--ok); }
[data-status=warn] > .sign { background: var(--warn-back); color: var(--warn); }
[data-status=fail] > .sign { background: var(--fail-back); color: var(--fail); }
.summary > .sign { background: var(--paper); }
.rows { list-style: none; margin: 0; padding: 0; background: var(--paper); border: 1px solid var(--line); border-radius: .9rem; overflow: hidden; }
.row { display: flex; gap: .9rem; padding: .9rem 1.1rem; border-top: 1px solid var(--line); }
.row:first-child { border-top: 0; }
.row:focus { outline: 2px solid var(--press); outline-offset: -2px; }
.body { flex: 1; min-inline-size: 0; overflow-wrap: anywhere; }
.title { font-size: 1rem; font-weight: 600; margin: 0; }
.word { font-size: .8rem; font-weight: 400; color: var(--soft); margin-inline-start: .35rem; white-space: nowrap; }
[data-status=fail] .word { color: var(--fail); } [data-status=warn] .word { color: var(--warn); }
.says { color: var(--soft); }
.does { margin-top: .25rem; }
.steps { margin: .5rem 0 0; padding-inline-start: 1.4rem; }
.steps li { margin-top: .2rem; }
.buttons { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .6rem; }
code { font: .9em ui-monospace, monospace; background: var(--idle-back); padding: .1em .35em; border-radius: .3em; }
button { font: inherit; font-weight: 600; color: var(--on-press); background: var(--press); border: 1px solid var(--press); border-radius: .6rem; padding: .45rem .95rem; min-block-size: 2.75rem; cursor: pointer; }
button.quiet { color: var(--press); background: transparent; border-color: var(--line); }
button[aria-disabled=true] { opacity: .55; cursor: default; }
button:focus-visible, summary:focus-visible, a:focus-visible { outline: 3px solid var(--press); outline-offset: 2px; }
.fine { margin-top: .5rem; }
.fine > summary { cursor: pointer; color: var(--soft); padding: .6rem .25rem; border-radius: .4rem; }
.fine > .rows { margin-top: .25rem; }
.foot { margin-top: 2rem; display: grid; gap: .75rem; }
.foot .buttons { margin: 0; }
.note { color: var(--soft); font-size: .9rem; max-width: 60ch; }
.trouble { margin-top: .75rem; padding: .75rem 1rem; border-radius: .6rem; background: var(--fail-back); color: var(--fail); }
a { color: var(--press); }
.back { margin-top: 1.5rem; }
.panel-button { display: inline-flex; gap: .6rem; align-items: center; color: var(--ink); background: var(--paper); border-color: var(--line); padding: .4rem .9rem .4rem .5rem; }
.panel { margin-top: .75rem; padding: 1.25rem; background: var(--back); border: 1px solid var(--line); border-radius: 1rem; }
@media (max-width: 30rem) { .row { padding: .8rem; gap: .7rem; } .summary { padding: .9rem; } .buttons button { flex: 1 1 auto; } h1 { font-size: 1.35rem; } }
@media (prefers-reduced-motion: no-preference) { .row[aria-busy=true] > .sign { animation: look 1s ease-in-out infinite alternate; } @keyframes look { to { opacity: .35; } } }
@media (forced-colors: active) { .sign, button { border: 1px solid; } }
`
