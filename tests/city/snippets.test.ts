import { execFile, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { connectionSnippets, type SnippetKind, secretStandIn, sensorId } from '../../city/index.ts'
import { device, host, secretOf, testBroker } from '../broker/support/test-broker.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = temporaryFolder()
const run = promisify(execFile)
const runs = (program: string, ...words: string[]) => spawnSync(program, words, { stdio: 'ignore' }).status === 0
const hasPython = runs('python3', '--version')
const hasPaho = hasPython && runs('python3', '-c', 'from paho.mqtt.client import CallbackAPIVersion')
const hasMosquitto = spawnSync('mosquitto_pub', ['--help'], { stdio: 'ignore' }).error === undefined

const pump = device('logger-1', ['pump-07'])
const quantity = {
  id: 'vibration',
  title: 'Vibration',
  unit: 'mm/s',
  range: { min: 0, max: 50 },
  expectedIntervalMs: 60_000,
  decimals: 1,
}
const sensorsOf = (asset: string) => [{ id: sensorId(asset, quantity.id), asset, quantity }]

function snippet(kind: SnippetKind, changes: Partial<Parameters<typeof connectionSnippets>[0]> = {}): string {
  const made = connectionSnippets({
    device: pump,
    secret: secretOf(pump.id),
    host,
    port: 1883,
    tls: false,
    sensorsOf,
    ...changes,
  })
  return made.find((each) => each.for === kind)?.text ?? ''
}

describe('mosquitto_pub', () => {
  ;(hasMosquitto ? test : test.skip)('the line is pasted into a shell, and the reading is there', async () => {
    const broker = await testBroker([pump])
    await run('sh', ['-c', snippet('mosquitto', { port: broker.port })])
    expect(broker.received).toMatchObject([{ device: 'logger-1', topic: 'telemetry/pump-07/vibration' }])
    expect(Buffer.from(broker.received[0]?.payload ?? []).toString()).toBe('1')
  })

  ;(hasMosquitto ? test : test.skip)('a gateway without assets says that it is online', async () => {
    const gateway = device('gateway-1', [], [], ['spBv1.0/plant-1/#'])
    const broker = await testBroker([gateway])
    const line = snippet('mosquitto', { device: gateway, secret: secretOf(gateway.id), port: broker.port })
    expect(line).toContain('-t status/gateway-1 -m online')
    await run('sh', ['-c', line])
  })

  test('whatever the secret or the host is, the shell sees words and no commands', () => {
    const line = snippet('mosquitto', { secret: `it's $(reboot)`, host: 'a; reboot' })
    const said = spawnSync('sh', ['-c', line.replace('mosquitto_pub', `printf '%s\\n'`)], { encoding: 'utf8' })
    const words = said.stdout.split('\n')
    expect(words[words.indexOf('-P') + 1]).toBe(`it's $(reboot)`)
    expect(words[words.indexOf('-h') + 1]).toBe('localhost')
  })
})

describe('Python', () => {
  const script = (text: string) => {
    const path = join(folder, 'report.py')
    writeFileSync(path, text)
    return path
  }

  ;(hasPaho ? test : test.skip)('the script is run, and the reading is there at the time it says', async () => {
    const broker = await testBroker([pump])
    const { stdout } = await run('python3', [script(snippet('python', { port: broker.port }))])
    expect(stdout).toBe('kept\n')
    const [message] = broker.received
    expect(message?.topic).toBe('telemetry/pump-07/vibration')
    expect(JSON.parse(Buffer.from(message?.payload ?? []).toString())).toMatchObject({ value: 1 })
  })

  ;(hasPython ? test.each([true, false]) : test.skip.each([true, false]))('it is sound Python, TLS %s', async (tls) => {
    await run('python3', ['-m', 'py_compile', script(snippet('python', { tls }))])
    await run('python3', ['-m', 'py_compile', script(snippet('python', { tls, device: device('gateway-1', []) }))])
  })
})

describe('ESPHome', () => {
  test('is YAML that publishes on the device’s own topics only, acknowledged and not retained', () => {
    const node = parse(snippet('esphome', { port: 18_830 }))
    expect(node.mqtt).toMatchObject({
      broker: host,
      port: 18_830,
      client_id: 'logger-1',
      username: 'logger-1',
      password: secretOf('logger-1'),
      discovery: false,
      log_topic: null,
      birth_message: { topic: 'status/logger-1' },
    })
    expect(node.sensor).toMatchObject([{ state_topic: 'telemetry/pump-07/vibration', qos: 1, retain: false }])
    expect(parse(snippet('esphome', { tls: true })).mqtt.certificate_authority).toContain('BEGIN CERTIFICATE')
    expect(parse(snippet('esphome', { device: device('gateway-1', []) })).sensor).toBeUndefined()
  })
})

describe('Arduino', () => {
  test('connects by the device’s id and secret and publishes on its topic', () => {
    const sketch = snippet('arduino', { port: 18_830 })
    expect(sketch).toContain(`mqtt.setServer("${host}", 18830);`)
    expect(sketch).toContain(`mqtt.connect("logger-1", "logger-1", "${secretOf('logger-1')}",`)
    expect(sketch).toContain('mqtt.publish("telemetry/pump-07/vibration", String(measure(), 3).c_str());')
    expect(sketch).not.toContain('setCACert')
    const setup = /void setup\(\) \{[\s\S]*?\n\}/.exec(snippet('arduino', { tls: true }))?.[0]
    // Each board gets the calls that its own library has.
    expect(setup).toMatch(
      /#ifdef ESP8266\n[^#]*setTrustAnchors[^#]*configTime[^#]*\n#else\n {2}network\.setCACert\(CA\);\n#endif/,
    )
  })
})

test('once the secret is not known any more, a word stands in its place', () => {
  for (const kind of ['mosquitto', 'arduino', 'esphome', 'python'] as const) {
    expect(snippet(kind, { secret: undefined })).toContain(secretStandIn)
    expect(snippet(kind, { secret: undefined })).not.toContain(secretOf('logger-1'))
  }
})
