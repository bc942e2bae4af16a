import type { Connection } from './connection.ts'

/** A sketch for ESP32 and ESP8266. */
export function arduinoSnippet({ device, secret, host, port, tls, topic, payload, sensor }: Connection): string {
  const text = JSON.stringify
  const network = tls
    ? [
        '#include <WiFiClientSecure.h>',
        '',
        "// The certificate of the authority that signed the broker's own.",
        'static const char CA[] = R"PEM(',
        '-----BEGIN CERTIFICATE-----',
        '...',
        '-----END CERTIFICATE-----',
        ')PEM";',
        '',
        'WiFiClientSecure network;',
      ]
    : ['', 'WiFiClient network;']
  const value = sensor === undefined ? text(payload) : 'String(measure(), 3).c_str()'
  return [
    "// PubSubClient (Nick O'Leary) 2.8, with the board's own WiFi library. It publishes at QoS 0: a reading that is",
    '// sent while the radio fails is lost. Where none may be, use a client that publishes at QoS 1.',
    '#ifdef ESP8266',
    '#include <ESP8266WiFi.h>',
    '#else',
    '#include <WiFi.h>',
    '#endif',
    '#include <PubSubClient.h>',
    ...network,
    'PubSubClient mqtt(network);',
    'unsigned long sentAt = 0;',
    '',
    ...(sensor === undefined
      ? []
      : [
          `// ${sensor.quantity.title} in ${sensor.quantity.unit}.`,
          'float measure() {',
          `  return ${floatOf(payload)};  // read the instrument here`,
          '}',
          '',
        ]),
    'void setup() {',
    '  WiFi.begin("NETWORK", "PASSWORD");',
    '  while (WiFi.status() != WL_CONNECTED) delay(250);',
    ...(tls ? trust : []),
    `  mqtt.setServer(${text(host)}, ${port});`,
    '}',
    '',
    'void loop() {',
    '  if (!mqtt.connected()) {',
    '    // Client id and user are the same; the last four tell others when it is gone.',
    `    if (!mqtt.connect(${[device, device, secret].map((word) => text(word)).join(', ')},`,
    `                      ${text(`status/${device}`)}, 1, true, "offline")) {`,
    '      delay(5000);',
    '      return;',
    '    }',
    `    mqtt.publish(${text(`status/${device}`)}, "online", true);`,
    '  }',
    '  mqtt.loop();',
    '  if (millis() - sentAt < 60000) return;',
    '  sentAt = millis();',
    `  mqtt.publish(${text(topic)}, ${value});`,
    '}',
    '',
  ].join('\n')
}

/** The two boards' libraries name it differently, and that of the ESP8266 judges a certificate by its dates. */
const trust = [
  '#ifdef ESP8266',
  '  static BearSSL::X509List authority(CA);',
  '  network.setTrustAnchors(&authority);',
  '  configTime(0, 0, "pool.ntp.org");  // or a time server of your own network',
  '  while (time(nullptr) < 1700000000) delay(250);',
  '#else',
  '  network.setCACert(CA);',
  '#endif',
]

function floatOf(number: string): string {
  return /[.e]/.test(number) ? number : `${number}.0`
}
