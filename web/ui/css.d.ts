/** Styles are bundled as text, minified, and adopted as constructed style sheets. */
declare module '*.css' {
  const text: string
  export default text
}
