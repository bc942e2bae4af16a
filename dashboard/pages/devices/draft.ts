/** The same rule as the server's: lower-case letters, digits and single hyphens, at most 64. */
const namePattern = /^[a-z0-9]+(-[a-z0-9]+)*$/
const nameLengthMax = 64

const isName = (text: string) => text.length <= nameLengthMax && namePattern.test(text)

export function namesIn(text: string): string[] {
  return text.split(/[\s,;]+/).filter((name) => name !== '')
}

export function draftFaults(draft: { readonly id: string; readonly assets: string }): { id?: string; assets?: string } {
  const wrong = namesIn(draft.assets).filter((name) => !isName(name))
  return {
    ...(draft.id === ''
      ? { id: 'Give it an id' }
      : isName(draft.id)
        ? {}
        : { id: `“${draft.id}”: expected lower-case letters, digits and single hyphens` }),
    ...(wrong.length > 0 ? { assets: `Not an asset’s id: ${wrong.map((name) => `“${name}”`).join(', ')}` } : {}),
  }
}

/** `Logger 7` could be `logger-7`. */
export function idFrom(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, nameLengthMax)
}
