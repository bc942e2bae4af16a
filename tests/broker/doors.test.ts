import { writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { describe, expect, test } from '@jest/globals'
import { connectAsync, type IClientOptions } from 'mqtt'
import { WebSocket } from 'ws'
import type { Broker } from '../../broker/index.ts'
import { temporaryFolder } from '../support/files.ts'
import { makeCertificate } from './support/certificate.ts'
import { connectPacket, publishPacket } from './support/raw.ts'
import { afterwards, connected, device, heard, host, testBroker, turn, until } from './support/test-broker.ts'

const gate = device('gate-1', ['pump-01'])
const topic = 'telemetry/pump-01/flow'

describe('the port', () => {
  test('taken by another program: one line that names it and the setting', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, host, resolve))
    afterwards(() => new Promise((resolve) => other.close(resolve)))
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await expect(testBroker([gate], { port })).rejects.toMatchObject({
      code: 'BROKER_PORT_TAKEN',
      message: `cannot listen for MQTT on 127.0.0.1:${port}: the port is in use. Stop what uses it, or set LENGTHSMAN_MQTT_PORT to a free port`,
    })
  })

  test('of an address that is not this machine’s', async () => {
    await expect(testBroker([gate], { host: '192.0.2.1' })).rejects.toMatchObject({ code: 'BROKER_ADDRESS_UNUSABLE' })
  })

  test('is free again when the broker is closed, and closing twice is closing once', async () => {
    const broker = await testBroker([gate])
    await connected(broker, 'gate-1')
    await Promise.all([broker.close(), broker.close()])
    const next = await testBroker([gate], { port: broker.port })
    await connected(next, 'gate-1')
  })
})

describe('TLS', () => {
  const folder = temporaryFolder()
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const server = makeCertificate('server')
  const certFile = file('server.pem', server.cert)
  const keyFile = file('server.key', server.key)
  const authority = { ...makeCertificate('authority'), name: 'authority' }

  test('serves MQTT with the same log-in and acknowledgement', async () => {
    const broker = await testBroker([gate], { tls: { port: 0, certFile, keyFile } })
    const client = await connected(broker, 'gate-1', {
      port: broker.tlsPort ?? 0,
      protocol: 'mqtts',
      ca: server.cert,
      servername: 'localhost',
    })
    await client.publishAsync(topic, '21.5', { qos: 1 })
    expect(broker.received).toHaveLength(1)
    expect(broker.stats().acknowledged).toBe(1)
  })

  test('is guarded like TCP, and counts its connections', async () => {
    const limits = { connectionsPerAddressMax: 1 }
    const broker = await testBroker([gate], { tls: { port: 0, certFile, keyFile }, limits })
    const open = () =>
      new Promise<boolean>((resolve) => {
        const socket = connectTls({ host, port: broker.tlsPort ?? 0, ca: server.cert, servername: 'localhost' }, () => {
          socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]))
        })
        socket.on('error', () => {})
        socket.on('secureConnect', () => resolve(true))
        socket.on('close', () => resolve(false))
        afterwards(() => socket.destroy())
      })
    expect(await open()).toBe(true)
    await until(() => broker.stats().oversized === 1)
    // The first is counted out when its socket has closed; then there is room for another.
    for (let attempt = 0; attempt < 20 && !(await open()); attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await until(() => broker.stats().oversized === 2)
  })

  test('refuses versions below 1.2', async () => {
    const broker = await testBroker([gate], { tls: { port: 0, certFile, keyFile } })
    const error = await new Promise<Error>((resolve) => {
      const options = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
      const socket = connectTls({ host, port: broker.tlsPort ?? 0, rejectUnauthorized: false, ...options })
      socket.on('error', resolve)
    })
    expect(error).toMatchObject({ code: expect.stringMatching(/ALERT|PROTOCOL|ECONNRESET/) })
  })

  test('with an authority: a client without its certificate is not let in, one with it is', async () => {
    const caFile = file('authority.pem', authority.cert)
    const broker = await testBroker([gate], { tls: { port: 0, certFile, keyFile, caFile } })
    const options = { port: broker.tlsPort ?? 0, protocol: 'mqtts', ca: server.cert, servername: 'localhost' } as const
    await expect(connected(broker, 'gate-1', options)).rejects.toBeDefined()
    const own = makeCertificate('client', authority)
    const client = await connected(broker, 'gate-1', { ...options, cert: own.cert, key: own.key })
    await turn(client, 'gate-1')
  })

  describe('a certificate that names the device', () => {
    const caFile = file('devices.pem', authority.cert)
    const own = makeCertificate('gate-1', authority)
    const devices = [gate, device('gate-2', ['pump-02'])]
    const certified = (id: string) => {
      const found = devices.find((one) => one.id === id)
      if (found === undefined || id === 'gate-2') return { kind: 'refused', reason: 'unknown device' } as const
      return { kind: 'accepted', device: found } as const
    }
    const open = (broker: Broker, options: IClientOptions) =>
      connected(broker, 'gate-1', {
        port: broker.tlsPort ?? 0,
        protocol: 'mqtts',
        ca: server.cert,
        servername: 'localhost',
        ...options,
      } as IClientOptions)
    const withoutSecret = { username: undefined, password: undefined } as unknown as IClientOptions
    const shown = { cert: own.cert, key: own.key }

    test.each([3, 4, 5] as const)('logs it in without a secret (protocol version %i)', async (protocolVersion) => {
      const broker = await testBroker(devices, { tls: { port: 0, certFile, keyFile, caFile }, certified })
      const protocolId = protocolVersion === 3 ? 'MQIsdp' : 'MQTT'
      const client = await open(broker, { ...shown, ...withoutSecret, protocolVersion, protocolId })
      await client.publishAsync(topic, '1', { qos: 1 })
      expect(broker.received[0]?.device).toBe('gate-1')
    })

    test('and nobody else: not another device, not a revoked one, not with a wrong secret', async () => {
      const broker = await testBroker(devices, { tls: { port: 0, certFile, keyFile, caFile }, certified })
      await expect(open(broker, { ...shown, ...withoutSecret, clientId: 'gate-2' })).rejects.toMatchObject({ code: 5 })
      await expect(open(broker, { ...shown, password: 'guess' })).rejects.toMatchObject({ code: 5 })
      const second = makeCertificate('gate-2', authority)
      const revoked = { cert: second.cert, key: second.key, ...withoutSecret, clientId: 'gate-2' }
      await expect(open(broker, revoked)).rejects.toMatchObject({ code: 5 })
      expect(broker.loginFailures().map(({ device: id, count }) => [id, count])).toEqual([
        ['gate-2', 2],
        ['gate-1', 1],
      ])
    })

    test('is optional where that is set; one of another authority is refused all the same', async () => {
      const tls = { port: 0, certFile, keyFile, caFile, clients: 'optional' } as const
      const broker = await testBroker(devices, { tls, certified })
      await turn(await open(broker, {}), 'gate-1')
      await turn(await open(broker, { ...shown, ...withoutSecret }), 'gate-1')
      await expect(open(broker, withoutSecret)).rejects.toMatchObject({ code: 5 })
      const forged = makeCertificate('gate-1')
      const keys = { cert: forged.cert, key: forged.key, ca: server.cert, servername: 'localhost' }
      const socket = connectTls({ host, port: broker.tlsPort ?? 0, ...keys })
      afterwards(() => socket.destroy())
      socket.on('error', () => {})
      const answer: Buffer[] = []
      socket.on('data', (bytes: Buffer) => answer.push(bytes))
      socket.write(connectPacket('gate-1'))
      await new Promise((resolve) => socket.once('close', resolve))
      expect(answer).toEqual([])
    })
  })

  test.each([
    [
      'a file that is not there',
      { certFile: join(folder, 'none.pem'), keyFile },
      /none\.pem.*LENGTHSMAN_MQTT_TLS_CERT/,
    ],
    ['a file that is no certificate', { certFile: keyFile, keyFile }, /LENGTHSMAN_MQTT_TLS_CERT/],
  ])('%s is refused, and nothing stays open', async (_name, files, message) => {
    await expect(testBroker([gate], { tls: { port: 0, ...files } })).rejects.toMatchObject({
      code: 'BROKER_TLS_FILE',
      message: expect.stringMatching(message),
    })
  })
})

describe('WebSocket', () => {
  /** An HTTP server that hands its upgrades over, as the dashboard's does. */
  async function web(broker: Broker): Promise<number> {
    const http = createHttpServer()
    http.on('upgrade', (request, socket, head) => broker.handleUpgrade(request, socket, head))
    await new Promise<void>((resolve) => http.listen(0, host, resolve))
    afterwards(() => new Promise((resolve) => http.close(resolve)))
    const address = http.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  function open(port: number, protocols: string[] = ['mqtt']): Promise<{ socket: WebSocket; closed: Promise<void> }> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://${host}:${port}/mqtt`, protocols)
      const closed = new Promise<void>((done) => socket.on('close', () => done()))
      socket.on('error', reject)
      socket.on('open', () => resolve({ socket, closed }))
      afterwards(() => socket.terminate())
    })
  }

  test('serves MQTT with the same log-in, permissions and acknowledgement', async () => {
    const broker = await testBroker([gate])
    const port = await web(broker)
    const client = await connectAsync(`ws://${host}:${port}/mqtt`, {
      clientId: 'gate-1',
      username: 'gate-1',
      password: 'gate-1-secret',
      reconnectPeriod: 0,
    })
    afterwards(() => client.endAsync(true))
    const messages = heard(client)
    await client.subscribeAsync('errors/gate-1', { qos: 1 })
    await client.publishAsync(topic, 'x'.repeat(200_000), { qos: 1 })
    expect(broker.received[0]?.payload.length).toBe(200_000)
    broker.publish('errors/gate-1', 'hello')
    await until(() => messages.length === 1)
    broker.disconnect('gate-1')
    await until(() => !client.connected && !broker.isConnected('gate-1'))
  })

  test('a packet that is too large closes it at the header', async () => {
    const broker = await testBroker([gate])
    const { socket, closed } = await open(await web(broker))
    socket.send(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]))
    await closed
    expect(broker.stats().oversized).toBe(1)
  })

  test('a text message closes it [MQTT-6.0.0-1]', async () => {
    const broker = await testBroker([gate])
    const { socket, closed } = await open(await web(broker))
    socket.send(connectPacket('gate-1').toString('latin1'))
    await closed
    expect(broker.stats().malformed).toBe(1)
    expect(broker.connectedCount()).toBe(0)
  })

  test('packets need not be aligned with messages [MQTT-6.0.0-2]', async () => {
    const broker = await testBroker([gate])
    const { socket } = await open(await web(broker))
    const answers: Buffer[] = []
    socket.on('message', (data: Buffer) => answers.push(data))
    const bytes = Buffer.concat([connectPacket('gate-1'), publishPacket(topic, '1', 1), publishPacket(topic, '2', 2)])
    for (let at = 0; at < bytes.length; at += 7) socket.send(bytes.subarray(at, at + 7))
    await until(() => Buffer.concat(answers).length === 12)
    expect(Buffer.concat(answers).toString('hex')).toBe('200200004002000140020002')
  })

  test('without the subprotocol there is no upgrade [MQTT-6.0.0-3]', async () => {
    const broker = await testBroker([gate])
    const port = await web(broker)
    await expect(open(port, [])).rejects.toMatchObject({ message: expect.stringContaining('400') })
    await expect(open(port, ['chat'])).rejects.toMatchObject({ message: expect.stringContaining('400') })
  })

  test('has only so many connections from one address, together with TCP', async () => {
    const broker = await testBroker([gate], { limits: { connectionsPerAddressMax: 1 } })
    const port = await web(broker)
    await connected(broker, 'gate-1')
    await expect(open(port)).rejects.toBeDefined()
    expect(broker.stats().connectionsLimited).toBe(1)
  })
})
