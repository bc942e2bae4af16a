import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { configurationSchema, environmentNameOf, readConfiguration } from '../../commands/configuration.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = temporaryFolder()
const none = join(folder, 'none.yaml')

function settingsFile(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

describe('readConfiguration', () => {
  test('has a working default for everything', () => {
    expect(readConfiguration({}, none)).toMatchObject({
      host: '127.0.0.1',
      httpPort: 8080,
      mqttPort: 1883,
      demo: 'auto',
    })
  })

  test('takes the environment over the file', () => {
    const file = settingsFile('good.yaml', 'httpPort: 9000\nmqttPort: 2000\n')
    expect(readConfiguration({ LENGTHSMAN_HTTP_PORT: '9001' }, file)).toMatchObject({ httpPort: 9001, mqttPort: 2000 })
  })

  test('reads a secret from the file that a _FILE variable names', () => {
    const secret = settingsFile('token', 'abc\n')
    const environment = {
      LENGTHSMAN_INFLUX_URL: 'http://localhost:8086',
      LENGTHSMAN_INFLUX_BUCKET: 'b',
      LENGTHSMAN_INFLUX_TOKEN_FILE: secret,
    }
    expect(readConfiguration(environment, none).influxToken).toBe('abc')
  })

  test.each([
    [{ LENGTHSMAN_HTTP_PROT: '1' }, 'LENGTHSMAN_HTTP_PROT: no such setting; did you mean LENGTHSMAN_HTTP_PORT?'],
    [{ LENGTHSMAN_HTTP_PORT: 'eighty' }, 'LENGTHSMAN_HTTP_PORT="eighty"'],
    [{ LENGTHSMAN_RETENTION: '3 years' }, 'expected a duration such as 90s, 10m, 7d'],
    [{ LENGTHSMAN_INFLUX_URL: 'http://localhost:8086' }, 'name the LENGTHSMAN_INFLUX_BUCKET'],
    [{ LENGTHSMAN_MQTT_TLS_PORT: '8883' }, 'LENGTHSMAN_MQTT_TLS_CERT and LENGTHSMAN_MQTT_TLS_KEY'],
  ])('%j is refused by the name the person typed', (environment, message) => {
    expect(() => readConfiguration(environment, none)).toThrow(message)
  })

  test('tells every wrong setting at once, and never shows a password', () => {
    const environment = { LENGTHSMAN_HTTP_PORT: 'x', LENGTHSMAN_MQTT_PORT: 'y', LENGTHSMAN_ADMIN_PASSWORD: 'short' }
    expect(() => readConfiguration(environment, none)).toThrow(/HTTP_PORT[\s\S]*MQTT_PORT|MQTT_PORT[\s\S]*HTTP_PORT/)
    expect(() => readConfiguration(environment, none)).not.toThrow(/short"/)
  })

  test('a broken settings file is told with its line', () => {
    const file = settingsFile('bad.yaml', 'httpPort: 1\nmqttPort: [\n')
    expect(() => readConfiguration({}, file)).toThrow(/bad\.yaml:\d+:\d+: /)
  })
})

describe('README', () => {
  test('lists every setting with its default and what it is for', () => {
    const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8')
    const missing = Object.entries(configurationSchema.shape).filter(([name, schema]) => {
      const row = readme.split('\n').find((line) => line.startsWith(`| \`${environmentNameOf(name)}\` |`))
      const fallback: unknown = schema.safeParse(undefined).data
      const shown = fallback === undefined ? '–' : `\`${String(fallback)}\``
      return row === undefined || !row.includes(`| ${shown} |`) || !row.includes(schema.description ?? 'no description')
    })
    expect(missing.map(([name]) => environmentNameOf(name))).toEqual([])
  })
})
