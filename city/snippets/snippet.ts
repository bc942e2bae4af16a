import { arduinoSnippet } from './arduino.ts'
import { type Connection, type ConnectionOptions, connectionOf } from './connection.ts'
import { esphomeSnippet } from './esphome.ts'
import { mosquittoSnippet } from './mosquitto.ts'
import { pythonSnippet } from './python.ts'

export const snippetKinds = ['mosquitto', 'arduino', 'esphome', 'python'] as const
export type SnippetKind = (typeof snippetKinds)[number]

/** Text to paste into what it is for; with it a device of this id reports. */
export type Snippet = { readonly for: SnippetKind; readonly title: string; readonly text: string }

const written: Readonly<
  Record<SnippetKind, { readonly title: string; readonly write: (connection: Connection) => string }>
> = {
  mosquitto: { title: 'mosquitto_pub', write: mosquittoSnippet },
  arduino: { title: 'Arduino', write: arduinoSnippet },
  esphome: { title: 'ESPHome', write: esphomeSnippet },
  python: { title: 'Python', write: pythonSnippet },
}

/** How this device connects, in the words of each tool. */
export function connectionSnippets(options: ConnectionOptions): Snippet[] {
  const connection = connectionOf(options)
  return snippetKinds.map((kind) => {
    const { title, write } = written[kind]
    return { for: kind, title, text: write(connection) }
  })
}
