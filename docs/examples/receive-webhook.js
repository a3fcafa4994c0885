// A receiver for `channels.webhook`: HOOK_SECRET=whsec_... node receive-webhook.js [port]     (npm i standardwebhooks)
import { createServer } from 'node:http'
import { Webhook } from 'standardwebhooks'

const secret = new Webhook(process.env.HOOK_SECRET)
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  try {
    const { type, data } = secret.verify(body, request.headers)
    console.log(`${type} for ${data.user_id}: ${data.title}`)
    response.writeHead(204).end()
  } catch {
    response.writeHead(401).end()
  }
})
server.listen(process.argv[2] ?? 8080, '127.0.0.1', () => console.log(`listening on ${server.address().port}`))
