import type { Connection } from './connection.ts'

/** One line for a shell; QoS 1, so that it ends well only when the reading is kept. */
export function mosquittoSnippet(connection: Connection): string {
  const { device, secret, host, port, tls, topic, payload } = connection
  const words = [
    ['mosquitto_pub', '-h', host, '-p', String(port)],
    tls ? ['--cafile', 'ca.crt'] : [],
    ['-i', device, '-u', device, '-P', secret, '-q', '1', '-t', topic, '-m', payload],
  ]
  return words.flat().map(shellWord).join(' ')
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
