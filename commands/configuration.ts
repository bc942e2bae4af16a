import { existsSync, readFileSync } from 'node:fs'
import { closest } from 'fastest-levenshtein'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { type FileFault, FileFaults, parseDuration, Refusal } from '../city/index.ts'

const port = z.coerce.number().int().min(0).max(65_535)
const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, 'expected a duration such as 90s, 10m, 7d')
const onOff = z.enum(['on', 'off'])

/**
 * Every setting of the program, once: from the environment (`httpPort` is `LENGTHSMAN_HTTP_PORT`) or from
 * `lengthsman.yaml` (`httpPort: 8080`); the environment wins. README's table is checked against this by a test.
 */
export const configurationSchema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on; `0.0.0.0` for the whole network'),
  httpPort: port.default(8080).describe('Pages and API'),
  mqttPort: port.default(1883).describe('MQTT'),
  mqttTlsPort: port.optional().describe('MQTT over TLS; needs certificate and key'),
  mqttTlsCert: z.string().optional().describe('PEM file of the TLS certificate'),
  mqttTlsKey: z.string().optional().describe('PEM file of its private key'),
  mqttTlsCa: z.string().optional().describe('PEM file of the CA that client certificates must be signed by'),
  mqttTlsClients: z
    .enum(['required', 'optional'])
    .default('required')
    .describe('With a CA: whether every client must show a certificate, or may bring its secret instead'),
  mqttAnonymous: z
    .enum(['off', 'full'])
    .default('off')
    .describe('`full`: a plain MQTT broker without credentials, for conformance suites; only on a loopback address'),
  data: z.string().min(1).default('./data').describe('Folder for everything that is kept'),
  rules: z
    .string()
    .optional()
    .describe('Folder of your own rule files, added to the library; a rule with a library id replaces it'),
  adminPassword: z
    .string()
    .min(12)
    .optional()
    .describe('Password of the first user `admin`; random and printed once when absent'),
  secureCookies: onOff.default('off').describe('`on` when the pages are served over HTTPS'),
  demo: z
    .enum(['auto', 'on', 'off'])
    .default('auto')
    .describe('The simulated town; `auto`: on while no city was imported'),
  demoSeed: z.coerce.number().int().min(0).default(7).describe('Which simulated town'),
  demoHistory: duration.default('7d').describe('How much past the simulated town starts with'),
  retention: duration.default('1095d').describe('How long readings are kept'),
  rulesMemoryMb: z.coerce
    .number()
    .int()
    .min(64)
    .default(1_024)
    .describe(
      'Memory for the sensors that rules watch, in MB (12 kB each); of more than fit, those that are calm rest in less',
    ),
  duckdbMemoryMb: z.coerce.number().int().min(128).default(512).describe('Memory DuckDB may use, in MB'),
  influxUrl: z.url().optional().describe('InfluxDB to keep readings in, instead of the embedded DuckDB'),
  influxToken: z.string().optional().describe('Token (InfluxDB 1.8, 2, 3)'),
  influxOrg: z.string().optional().describe('Organisation (InfluxDB 2)'),
  influxBucket: z.string().optional().describe('Bucket (InfluxDB 2, 3)'),
  influxUser: z.string().optional().describe('User (InfluxDB 1)'),
  influxPassword: z.string().optional().describe('Password (InfluxDB 1)'),
  influxDatabase: z.string().optional().describe('Database (InfluxDB 1)'),
  spoolMb: z.coerce
    .number()
    .int()
    .min(1)
    .default(2048)
    .describe(
      'Disk for readings that wait while InfluxDB is slow or away, in MB; when it is used up, devices are asked to send again',
    ),
  logLevel: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'])
    .default('warn')
    .describe('How much is logged to standard error'),
})
export type Configuration = z.infer<typeof configurationSchema>

const names = Object.keys(configurationSchema.shape) as (keyof Configuration)[]

/** `httpPort` is set by `LENGTHSMAN_HTTP_PORT`. */
export function environmentNameOf(setting: string): string {
  return `LENGTHSMAN_${setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads `lengthsman.yaml` where there is one, then the environment over it.
 * @throws FileFaults or Refusal naming every setting that is wrong, by the name the person typed
 */
export function readConfiguration(environment: Environment, file = 'lengthsman.yaml'): Configuration {
  const fromFile = existsSync(file) ? readSettingsFile(file) : {}
  const fromEnvironment: Record<string, string> = {}
  const faults: string[] = []
  const known = new Map(names.map((name) => [environmentNameOf(name), name]))
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('LENGTHSMAN_') || text === undefined || text === '') continue
    const name = known.get(variable)
    const secret = known.get(variable.replace(/_FILE$/, ''))
    if (name === undefined && secret !== undefined) fromEnvironment[secret] = secretIn(variable, text)
    else if (name === undefined)
      faults.push(`${variable}: no such setting; did you mean ${closest(variable, [...known.keys()])}?`)
    else fromEnvironment[name] = text
  }
  const parsed = configurationSchema.safeParse({ ...fromFile, ...fromEnvironment })
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0])
      const typed =
        name in fromEnvironment
          ? `${environmentNameOf(name)}=${quoted(name, fromEnvironment[name])}`
          : `${file}: ${name}`
      faults.push(`${typed}: ${issue.message}`)
    }
  }
  if (parsed.success) faults.push(...contradictions(parsed.data))
  if (faults.length > 0 || !parsed.success) throw new Refusal('CONFIGURATION_INVALID', faults.join('\n'))
  return parsed.data
}

/** `LENGTHSMAN_INFLUX_TOKEN_FILE=/run/secrets/token`: the setting is what the file holds, so that no secret stands in the environment. */
function secretIn(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new Refusal('CONFIGURATION_INVALID', `${variable}: cannot read ${file}`, error)
  }
}

function readSettingsFile(file: string): Record<string, unknown> {
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines })
  const at = (offset: number) => ({ line: lines.linePos(offset).line, column: lines.linePos(offset).col })
  const faults: FileFault[] = document.errors.map((error) => ({
    file,
    ...at(error.pos[0]),
    message: error.message.split('\n')[0] ?? '',
  }))
  const settings: unknown = faults.length > 0 ? {} : (document.toJS() ?? {})
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw new FileFaults([{ file, line: 1, message: 'expected settings such as `httpPort: 8080`' }])
  }
  for (const name of Object.keys(settings)) {
    if (names.includes(name as keyof Configuration)) continue
    faults.push({ file, message: `"${name}": no such setting; did you mean ${closest(name, names)}?` })
  }
  if (faults.length > 0) throw new FileFaults(faults)
  return { ...settings }
}

function contradictions(configuration: Configuration): string[] {
  const found: string[] = []
  const { mqttTlsPort, mqttTlsCert, mqttTlsKey, influxUrl, influxToken, influxBucket, influxDatabase } = configuration
  if (mqttTlsPort !== undefined && (mqttTlsCert === undefined || mqttTlsKey === undefined)) {
    found.push(
      'LENGTHSMAN_MQTT_TLS_PORT is set: LENGTHSMAN_MQTT_TLS_CERT and LENGTHSMAN_MQTT_TLS_KEY must name the PEM files',
    )
  }
  if (influxUrl !== undefined && influxBucket === undefined && influxDatabase === undefined) {
    found.push(
      'LENGTHSMAN_INFLUX_URL is set: name the LENGTHSMAN_INFLUX_BUCKET (2, 3) or the LENGTHSMAN_INFLUX_DATABASE (1.x)',
    )
  }
  if (influxUrl !== undefined && influxBucket !== undefined && influxToken === undefined) {
    found.push('LENGTHSMAN_INFLUX_BUCKET is set: LENGTHSMAN_INFLUX_TOKEN must hold a token that may read and write it')
  }
  return found
}

function quoted(name: string, text: string | undefined): string {
  return /password|token/i.test(name) ? '…' : JSON.stringify(text)
}
