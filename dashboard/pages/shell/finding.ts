/**
 * How well a text fits what was typed: every word must be found in some field. A whole field counts most, its beginning
 * more than a word's beginning, that more than somewhere within. `pump 7` finds `pump-07`.
 */
export function score(wanted: string, fields: readonly string[]): number {
  const words = wanted.split(/[\s/_-]+/).filter((word) => word !== '')
  if (words.length === 0) return 0
  let total = 0
  for (const word of words) {
    const best = Math.max(...fields.map((field) => wordScore(word, field.toLowerCase())))
    if (best === 0) return 0
    total += best
  }
  return total / words.length
}

const withinLengthMin = 3

function wordScore(word: string, field: string): number {
  if (field === word) return 10
  if (field.startsWith(word)) return 6
  const parts = field.split(/[\s/_-]+/)
  const bare = (text: string) => text.replace(/^0+(?=\d)/, '')
  if (parts.some((part) => bare(part) === bare(word))) return 5
  if (parts.some((part) => part.startsWith(word))) return 4
  // A letter or two within a word is found everywhere and means nothing.
  return word.length >= withinLengthMin && field.includes(word) ? 1 : 0
}
