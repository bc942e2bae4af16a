/** Whether a topic filter matches a topic name (section 4.7). */
export function matches(filter: string, topic: string): boolean {
  const levels = filter.split('/')
  const names = topic.split('/')
  // [MQTT-4.7.2-1]
  if (topic.startsWith('$') && (levels[0] === '#' || levels[0] === '+')) return false
  for (const [index, level] of levels.entries()) {
    if (level === '#') return true
    if (index >= names.length || (level !== '+' && level !== names[index])) return false
  }
  return levels.length === names.length
}
