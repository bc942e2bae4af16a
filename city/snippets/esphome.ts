import type { Connection } from './connection.ts'

/** What of an ESPHome node's YAML concerns us; its board and its instrument are its own. */
export function esphomeSnippet({ device, secret, host, port, tls, topic, sensor }: Connection): string {
  const text = JSON.stringify
  const status = `status/${device}`
  return [
    'mqtt:',
    `  broker: ${text(host)}`,
    `  port: ${port}`,
    ...(tls
      ? [
          "  # The certificate of the authority that signed the broker's own.",
          '  certificate_authority: |',
          '    -----BEGIN CERTIFICATE-----',
          '    ...',
          '    -----END CERTIFICATE-----',
        ]
      : []),
    `  client_id: ${text(device)}`,
    `  username: ${text(device)}`,
    `  password: ${text(secret)}`,
    '  clean_session: true',
    '  # A device may publish its telemetry and its status, and nothing else.',
    '  discovery: false',
    '  log_topic: null',
    '  birth_message:',
    `    topic: ${text(status)}`,
    '    payload: online',
    '  will_message:',
    `    topic: ${text(status)}`,
    '    payload: offline',
    ...(sensor === undefined
      ? []
      : [
          '',
          'sensor:',
          "  # Put your instrument's own platform here.",
          '  - platform: template',
          `    name: ${text(sensor.quantity.title)}`,
          `    unit_of_measurement: ${text(sensor.quantity.unit)}`,
          `    accuracy_decimals: ${sensor.quantity.decimals}`,
          '    update_interval: 60s',
          '    lambda: return NAN;',
          `    state_topic: ${text(topic)}`,
          '    qos: 1',
          '    retain: false',
        ]),
    '',
  ].join('\n')
}
