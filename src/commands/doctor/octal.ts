/** The rights of a file as chmod takes them: `600`. */
export function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(3, '0')
}
