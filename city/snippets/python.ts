import type { Connection } from './connection.ts'

/** A script for Python 3 that sends one reading and says whether it is kept. */
export function pythonSnippet({ device, secret, host, port, tls, topic, payload, sensor }: Connection): string {
  const text = JSON.stringify
  const message = sensor === undefined ? text(payload) : `json.dumps({"value": ${payload}, "observedAt": time.time()})`
  return [
    ...(sensor === undefined ? [] : ['import json', 'import time', '']),
    'import paho.mqtt.client as mqtt  # pip install "paho-mqtt>=2"',
    '',
    `client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=${text(device)})`,
    `client.username_pw_set(${text(device)}, ${text(secret)})`,
    ...(tls ? ['client.tls_set(ca_certs="ca.crt")'] : []),
    `client.will_set(${text(`status/${device}`)}, "offline", qos=1, retain=True)`,
    `client.connect(${text(host)}, ${port})`,
    'client.loop_start()',
    '',
    '# QoS 1: what is acknowledged is kept. Until then paho keeps it and sends it again.',
    `sent = client.publish(${text(topic)}, ${message}, qos=1)`,
    'sent.wait_for_publish(10)',
    'print("kept" if sent.is_published() else "not acknowledged within 10 s")',
    '',
    'client.disconnect()',
    'client.loop_stop()',
    '',
  ].join('\n')
}
