// Sends the bodies in turns over keep-alive connections; what was seen, as JSON.
// Standard input: {url, connections, seconds, bodies}.
import { text } from 'node:stream/consumers';
import autocannon from 'autocannon';

const { url, connections, seconds, bodies } = JSON.parse(await text(process.stdin));
const headers = { 'content-type': 'application/json' };
const requests = bodies.map((body) => ({ method: 'POST', headers, body: JSON.stringify(body) }));

const milliseconds = [];
let bytes = 0;
let failed = 0;
let seen;
const began = performance.now();
const cpu = process.cpuUsage();
const instance = autocannon({
  url,
  connections,
  requests,
  duration: 600,
  timeout: 120,
  // So often it looks whether it was stopped, in milliseconds.
  sampleInt: 20,
});
instance.on('reqError', () => failed++);
instance.on('response', (client, status, size, time) => {
  if (seen) return;
  milliseconds.push(time);
  bytes += size;
  if (status !== 200) failed++;
  const elapsed = (performance.now() - began) / 1000;
  // What is slow gets as long as it needs for a second answer on each connection.
  if (elapsed < seconds || milliseconds.length < 2 * connections) return;
  const { user, system } = process.cpuUsage(cpu);
  seen = { seconds: elapsed, cpu_seconds: (user + system) / 1e6 };
  instance.stop();
});
await instance;
milliseconds.sort((one, other) => one - other);
console.log(
  JSON.stringify({
    ...seen,
    requests: milliseconds.length,
    failed,
    bytes: bytes / milliseconds.length,
    p50: milliseconds[Math.floor(milliseconds.length / 2)],
    stalled: milliseconds.filter((time) => 38 <= time && time < 46).length,
  }),
);
