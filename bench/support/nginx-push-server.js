// A push service that reads a message and answers 201, by nginx: so little work that on two cores the senders are what is
// measured, as with a push service elsewhere. Over HTTP/2 and HTTP/1.1, like push-server.js; tells nothing of what comes.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from './certificate.js'

const { key, cert } = makeCertificate()
const folder = mkdtempSync(join(tmpdir(), 'ec-bench-'))
writeFileSync(join(folder, 'key.pem'), key)
writeFileSync(join(folder, 'cert.pem'), cert)
const port = await freePort()
writeFileSync(
  join(folder, 'nginx.conf'),
  `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 100000000; http2_max_concurrent_streams 128; client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;
    location / { add_header location /message/1 always; return 201; }
  }
}
`,
)
const nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'inherit' })
nginx.on('error', () => process.exit(1))
await listening(port)
process.send({ port, ca: cert })

process.on('message', end)
// Whoever started it may have been killed.
process.on('disconnect', end)

function end() {
  nginx.once('exit', () => {
    rmSync(folder, { recursive: true })
    process.exit()
  })
  nginx.kill()
}

function freePort() {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address()
      server.close(() => resolve(free))
    })
  })
}

async function listening(at) {
  for (let tries = 0; tries < 100; tries++) {
    try {
      execFileSync('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${at}`], { stdio: 'ignore' })
      return
    } catch {
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
}
