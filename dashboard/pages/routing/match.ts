/** The parts named in a pattern like `/assets/:id`, or `undefined` when the path is another. */
export function match(pattern: string, actual: string): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/')
  const given = actual.split('/')
  if (wanted.length !== given.length) return undefined
  const found: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const text = given[index] ?? ''
    if (part.startsWith(':')) found[part.slice(1)] = decoded(text)
    else if (part !== text) return undefined
  }
  return found
}

// A stray percent sign in a mistyped address is itself, not an error.
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
